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
        var steps = Self.steps
        let components = Self.components(of: path)
        return declared.first { $0.isPattern && $0.matches(components, steps: &steps) }.flatMap { dimensions[$0] }
    }

    /// Whether one of a kind's entries is the file, or matches it.
    package func contains(_ path: TreePath, as kind: Kind) -> Bool {
        if self[kind].contains(where: { $0.text.utf8.elementsEqual(path.bytes) }) { return true }
        var steps = Self.steps
        let components = Self.components(of: path)
        return self[kind].contains { $0.isPattern && $0.matches(components, steps: &steps) }
    }

    // Plenty for all entries together; a capsule may make one ask many thousand times.
    private static let steps = 20_000

    private static func components(of path: TreePath) -> [[Unicode.Scalar]] {
        path.components.map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) }
    }
}
