/// One version of a capsule that could be chosen.
package struct Candidate: Hashable, Sendable {
    /// The version, from the release's name.
    package let version: SemanticVersion
    /// Who offers it: a hub's owner, another workspace. Empty where a solve has only one source.
    package let source: String
    /// Whether it was withdrawn: chosen only where it is already locked.
    package let isYanked: Bool

    /// Makes a candidate.
    package init(_ version: SemanticVersion, source: String = "", isYanked: Bool = false) {
        self.version = version
        self.source = source
        self.isYanked = isYanked
    }
}

extension Candidate {
    /// By the version alone: few of one package's candidates have the same.
    package func hash(into hasher: inout Hasher) { hasher.combine(version) }
}

extension Candidate: Comparable {
    package static func < (left: Candidate, right: Candidate) -> Bool {
        if left.version != right.version { return left.version < right.version }
        // Build metadata has no place in the order of versions; the text keeps the list the same whatever its order was.
        if left.source != right.source { return left.source.utf8.lexicographicallyPrecedes(right.source.utf8) }
        return left.version.text.utf8.lexicographicallyPrecedes(right.version.text.utf8)
    }
}
