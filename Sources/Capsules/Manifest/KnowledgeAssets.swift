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
        if let entry = declared.first(where: { $0.text.utf8.elementsEqual(path.bytes) }) { return dimensions[entry] }
        // Plenty for all entries together; a capsule may ask for this many thousand times.
        var steps = 20_000
        let components = path.components.map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
        return declared.first { $0.isPattern && $0.matches(components, steps: &steps) }.flatMap { dimensions[$0] }
    }
}
