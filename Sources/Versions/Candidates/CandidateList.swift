/// A package's candidates in ascending order, as constraints are looked up in it.
///
/// Never changes. A class, since solves pass it on all the time.
package final class CandidateList: Sendable {
    /// The candidates, ascending, without duplicates.
    package let candidates: [Candidate]
    /// Those that are not pre-releases.
    package let releases: CandidateSet
    /// Those that were not withdrawn.
    package let offered: CandidateSet
    /// Whether all are releases that the bits of their keys tell apart.
    let isPlain: Bool
    /// Whose all candidates are; nil where they are of several sources.
    let source: String?
    /// The bits of the candidates' keys.
    private let bits: [UInt64]

    /// Takes candidates in any order; of two that are the same, one counts.
    package init(_ candidates: [Candidate]) {
        var sorted = candidates
        var (bits, isPlain) = Self.bits(of: sorted)
        if !isPlain, !zip(candidates, candidates.dropFirst()).allSatisfy({ $0 < $1 }) {
            sorted.sort()
            sorted = zip(sorted, [nil] + sorted.map(Optional.some)).filter { $0.0 != $0.1 }.map(\.0)
            (bits, isPlain) = Self.bits(of: sorted)
        }
        self.candidates = sorted
        (self.bits, self.isPlain) = (bits, isPlain)
        var (releases, offered) = (CandidateSet(capacity: sorted.count), CandidateSet(capacity: sorted.count))
        var source = sorted.first?.source
        for (ordinal, candidate) in sorted.enumerated() {
            if isPlain || !candidate.version.isPrerelease { releases.insert(ordinal) }
            if !candidate.isYanked { offered.insert(ordinal) }
            if source != candidate.source { source = nil }
        }
        (self.releases, self.offered, self.source) = (releases, offered, source)
    }

    /// The bits of candidates' keys, and whether all are releases that these tell apart and that ascend.
    private static func bits(of candidates: [Candidate]) -> (bits: [UInt64], isPlain: Bool) {
        var bits: [UInt64] = []
        bits.reserveCapacity(candidates.count)
        var isPlain = true
        for candidate in candidates {
            let key = VersionSortKey(candidate.version)
            isPlain = isPlain && key.isExact && bits.last.map { $0 < key.bits } ?? true
            bits.append(key.bits)
        }
        return (bits, isPlain)
    }

    package var count: Int { candidates.count }

    package subscript(ordinal: Int) -> Candidate { candidates[ordinal] }

    /// The place of a candidate: of the same version and source, whatever became of it since.
    func ordinal(of candidate: Candidate) -> Int? {
        let key = VersionSortKey(candidate.version)
        return (firstIndex(atOrAbove: key)..<firstIndex(above: key)).first {
            candidates[$0].source == candidate.source && candidates[$0].version.text == candidate.version.text
        }
    }

    func firstIndex(atOrAbove key: VersionSortKey) -> Int { partition { !(isBelow($0, key)) } }

    func firstIndex(above key: VersionSortKey) -> Int {
        partition { key.bits == bits[$0] ? key < VersionSortKey(candidates[$0].version) : key.bits < bits[$0] }
    }

    /// The same by bits alone, for a list that is plain.
    func firstIndex(atOrAbove wanted: UInt64) -> Int { partition { bits[$0] >= wanted } }

    private func isBelow(_ ordinal: Int, _ key: VersionSortKey) -> Bool {
        bits[ordinal] == key.bits ? VersionSortKey(candidates[ordinal].version) < key : bits[ordinal] < key.bits
    }

    /// The first index for which a condition holds that holds for all later ones too.
    private func partition(_ holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, bits.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
