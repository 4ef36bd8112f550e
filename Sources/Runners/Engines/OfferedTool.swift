package import Capsules

/// A tool that an engine has without the manifest's word.
package struct OfferedTool: Hashable, Sendable {
    /// What calls it.
    package let handler: Handler
    /// The tool as its server lists it.
    package let tool: ServerTool
}
