package import Objects

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
    /// How many numbers a row has in the embeddings of a pattern, where that is declared.
    package let dimensions: [AssetPattern: Int]

    /// The patterns of a kind.
    package subscript(kind: Kind) -> [AssetPattern] { patterns[kind] ?? [] }

    /// The declared number of numbers a row of an embedding file; nil where there is none.
    ///
    /// An entry that is the file's path counts before patterns, and a pattern before those after it.
    package func dimensions(of path: TreePath) -> Int? {
        let declared = self[.embeddings].filter { dimensions[$0] != nil }
        let entry =
            declared.first { $0.text.utf8.elementsEqual(path.bytes) }
            ?? declared.first { $0.matches(path) }
        return entry.flatMap { dimensions[$0] }
    }

    /// Whether one of a kind's entries is the file, or matches it.
    package func contains(_ path: TreePath, as kind: Kind) -> Bool { self[kind].contains { $0.matches(path) } }
}
