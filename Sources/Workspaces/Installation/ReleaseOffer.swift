import Capsules
import Versions

/// A capsule's candidates, ascending, with the releases behind them.
///
/// Of releases of one source that differ in build metadata alone there is one candidate, and the last of them is behind it.
struct ReleaseOffer {
    private(set) var candidates: [Candidate] = []
    private var releases: [Release] = []

    /// Takes the releases of sources, in any order.
    init(_ offered: [(source: String, release: Release)]) {
        candidates.reserveCapacity(offered.count)
        releases.reserveCapacity(offered.count)
        var isAscending = true
        for (source, release) in offered {
            let candidate = Candidate(release.version, source: source, isYanked: release.isYanked)
            if let last = candidates.last, last.version >= candidate.version { isAscending = false }
            candidates.append(candidate)
            releases.append(release)
        }
        if !isAscending { sort() }
    }

    private mutating func sort() {
        let order = candidates.indices.sorted { candidates[$0] < candidates[$1] }
        let (all, behind) = (candidates, releases)
        (candidates, releases) = ([], [])
        for place in order {
            // Those that are the same but for build metadata are neighbours, whether or not one between them was withdrawn.
            let same = candidates.indices.reversed().prefix { candidates[$0].version == all[place].version }
                .first { candidates[$0] == all[place] }
            if let same {
                releases[same] = behind[place]
            } else {
                candidates.append(all[place])
                releases.append(behind[place])
            }
        }
    }

    /// The release behind a candidate, which mostly is at that place; nil for one that is not offered.
    func release(_ candidate: Candidate, at place: Int) -> Release? {
        if candidates.indices.contains(place), candidates[place] == candidate { return releases[place] }
        return self[candidate]
    }

    /// The release behind a candidate; nil for one that is not offered.
    subscript(candidate: Candidate) -> Release? {
        var (low, high) = (0, candidates.count)
        while low < high {
            let middle = (low + high) / 2
            if candidates[middle].version < candidate.version { low = middle + 1 } else { high = middle }
        }
        let same = candidates[low...].prefix { $0.version == candidate.version }
        return same.firstIndex(of: candidate).map { releases[$0] }
    }
}
