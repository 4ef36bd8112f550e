package import Objects

/// A server that speaks the Model Context Protocol on its standard input and output (row S-055).
package struct MCPServer: Hashable, Sendable {
    /// What is started.
    package enum Command: Hashable, Sendable {
        /// A file of the capsule.
        case file(TreePath)
        /// `python3` or `node`, in the versions that the manifest asks for.
        case interpreter(String)
        /// A program of the host, which `capabilities.hostProcess` lists.
        case program(String)
    }

    /// Where the value of an environment variable comes from.
    package enum Value: Hashable, Sendable {
        case text(String)
        /// A key of the capsule's configuration.
        case configuration(String)
    }

    /// The interpreters that need no capability.
    package static let interpreters = ["node", "python3"]

    package let id: String
    package let command: Command
    package let arguments: [String]
    /// By name.
    package let environment: [String: Value]
    /// What the content of the command's file must be; nil where the manifest does not say.
    package let hash: SHA256Digest?
}
