package import Objects

/// A file whose text agents are given as context.
package struct ContextFile: Hashable, Sendable {
    package let file: TreePath
    /// What it is called there; nil for the file's own name.
    package let name: String?
    package let description: String
}
