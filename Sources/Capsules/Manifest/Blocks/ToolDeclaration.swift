/// A tool that a capsule offers to agents.
package struct ToolDeclaration: Hashable, Sendable {
    package let name: String
    /// What agents are told of it.
    package let description: String
    /// The JSON Schema of what it takes, as written; nil only for a server's tool, whose server says it.
    package let inputSchema: JSONObject?
    /// The JSON Schema of what it gives, as written.
    package let outputSchema: JSONObject?
    package let handler: Handler
    package let engine: Engine
    /// Its own level, where that is declared; it never lowers the capsule's.
    package let securityLevel: SecurityLevel?
    /// In milliseconds; nil where the manifest does not say.
    package let timeout: Int?
    /// The most memory; nil where the manifest does not say.
    package let memory: ByteSize?
}
