package import Objects

/// A WebAssembly module of a capsule (row S-051).
package struct Component: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Its exports are called.
        case executable
        /// It is linked into others.
        case library
    }

    package let id: String
    package let file: TreePath
    /// What the file's content must be; nil only for a library that nothing links.
    package let hash: SHA256Digest?
    package let kind: Kind
    /// Always `wasm` today.
    package let engine: Engine
    /// The libraries that it is linked with, by their ids, in order.
    package let link: [String]
    /// What it wants of what the capsule has; nil where it does not say.
    package let capabilities: Capabilities?

    package init(
        id: String, file: TreePath, hash: SHA256Digest?, kind: Kind = .executable, engine: Engine = .wasm,
        link: [String] = [], capabilities: Capabilities? = nil
    ) {
        (self.id, self.file, self.hash, self.kind) = (id, file, hash, kind)
        (self.engine, self.link, self.capabilities) = (engine, link, capabilities)
    }
}
