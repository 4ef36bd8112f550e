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
    private let keys: [VersionSortKey]

    /// Takes candidates in any order; of two that are the same, one counts.
    package init(_ candidates: [Candidate]) {
        var sorted = candidates
        if !zip(candidates, candidates.dropFirst()).allSatisfy({ $0 < $1 }) {
            sorted.sort()
            sorted = zip(sorted, [nil] + sorted.map(Optional.some)).filter { $0.0 != $0.1 }.map(\.0)
        }
        self.candidates = sorted
        keys = sorted.map { VersionSortKey($0.version) }
        var (releases, offered) = (CandidateSet(capacity: sorted.count), CandidateSet(capacity: sorted.count))
        for (ordinal, candidate) in sorted.enumerated() {
            if !candidate.version.isPrerelease { releases.insert(ordinal) }
            if !candidate.isYanked { offered.insert(ordinal) }
        }
        (self.releases, self.offered) = (releases, offered)
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

    func firstIndex(atOrAbove key: VersionSortKey) -> Int { partition { !(keys[$0] < key) } }

    func firstIndex(above key: VersionSortKey) -> Int { partition { key < keys[$0] } }

    /// The first index for which a condition holds that holds for all later ones too.
    private func partition(_ holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
