import Capsules
import Versions

/// A capsule's candidates, ascending, with the releases behind them, at the same places.
///
/// Of releases of one source that differ in build metadata alone there is one candidate, and the last of them is behind it.
struct ReleaseOffer {
    private(set) var candidates: [Candidate] = []
    private(set) var releases: [Release]

    /// Takes the releases of sources, in any order.
    init(_ offered: [(source: String, releases: [Release])]) {
        releases = offered.count == 1 ? offered[0].releases : offered.flatMap(\.releases)
        candidates.reserveCapacity(releases.count)
        var isAscending = true
        for (source, releases) in offered {
            for place in releases.indices {
                let version = releases[place].version
                if let last = candidates.last, last.version >= version { isAscending = false }
                candidates.append(Candidate(version, source: source, isYanked: releases[place].isYanked))
            }
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

    /// Where a candidate is, which mostly is at `guess`; nil for one that is not offered.
    func place(of candidate: Candidate, at guess: Int) -> Int? {
        if candidates.indices.contains(guess), candidates[guess] == candidate { return guess }
        return place(of: candidate)
    }

    private func place(of candidate: Candidate) -> Int? {
        var (low, high) = (0, candidates.count)
        while low < high {
            let middle = (low + high) / 2
            if candidates[middle].version < candidate.version { low = middle + 1 } else { high = middle }
        }
        return candidates[low...].prefix { $0.version == candidate.version }.firstIndex(of: candidate)
    }

    /// The release behind a candidate; nil for one that is not offered.
    subscript(candidate: Candidate) -> Release? { place(of: candidate).map { releases[$0] } }
}
