package import Objects

/// The random id of one copy of a workspace, which names that copy's event chain, `refs/amx/events/<replica>`.
///
/// 1 to 64 bytes, one label as in a capsule's id. Nobody but that copy adds to its chain.
package struct ReplicaID: Sendable, Hashable {
    /// The longest id, in bytes.
    package static let maximumByteCount = 64
    /// What the names of all event chains start with.
    package static let chainPrefix = "refs/amx/events/"

    /// The reference of its event chain.
    package let chain: RefName
    /// The id.
    package var string: String { chain.suffix(after: Self.chainPrefix) ?? "" }

    /// Checks an id.
    package init?(_ text: String) {
        guard let chain = RefName(Self.chainPrefix + text) else { return nil }
        self.init(chain: chain)
    }

    /// The id in the name of an event chain; nil for any other reference.
    package init?(chain: RefName) {
        guard let id = chain.suffix(after: Self.chainPrefix), id.utf8.count <= Self.maximumByteCount,
            Label.reason(against: id.utf8) == nil
        else { return nil }
        self.chain = chain
    }
}
