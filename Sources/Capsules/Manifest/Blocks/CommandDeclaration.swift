package import Objects

/// A command that users of an agent can call: a file with the text that the agent is then given.
package struct CommandDeclaration: Hashable, Sendable {
    package let name: String
    package let file: TreePath
    package let description: String
}
