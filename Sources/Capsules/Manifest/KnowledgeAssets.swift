/// The files of a capsule that carry its knowledge, by kind.
package struct KnowledgeAssets: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case schemas
        case rules
        case workflows
        case embeddings
    }

    /// Paths and patterns, in the manifest's order.
    package let patterns: [Kind: [AssetPattern]]

    /// The patterns of a kind.
    package subscript(kind: Kind) -> [AssetPattern] { patterns[kind] ?? [] }
}
