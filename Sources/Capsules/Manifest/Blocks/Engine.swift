/// What runs a piece of a capsule's code.
package enum Engine: String, Hashable, Sendable, CaseIterable {
    /// A script in an interpreter without any interface but the host's own.
    case js
    /// A program of its own: `python3`, `node`, or an executable file of the capsule.
    case process
    /// A WebAssembly component.
    case wasm
    /// A server that speaks the Model Context Protocol.
    case mcp
}
