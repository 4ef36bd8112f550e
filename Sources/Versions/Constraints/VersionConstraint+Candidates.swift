extension VersionConstraint {
    /// Which of some candidates the constraint takes, found by binary search.
    ///
    /// The same as asking ``accepts(_:)`` of each that is eligible, but that `latest` takes exactly one: the highest release that
    /// was not withdrawn, or the highest version of all when the constraint asks for pre-releases. Where there are only
    /// pre-releases, `latest` takes none.
    func candidates(in list: CandidateList, eligible: CandidateSet) -> CandidateSet {
        let alternatives = alternatives
        if alternatives.count == 1, alternatives[0].count == 1, let range = alternatives[0][0].plainRange(in: list) {
            var found = CandidateSet(capacity: list.count)
            found.insert(contentsOf: range)
            return found.intersection(eligible)
        }
        var found = CandidateSet(capacity: list.count)
        for comparators in alternatives {
            if comparators.count == 1, comparators[0].operator == .latest {
                let offered = eligible.intersection(list.offered)
                let choice = prerelease ? offered : offered.intersection(list.releases)
                if let highest = choice.highest { found.insert(highest) }
                continue
            }
            var range = 0..<list.count
            for comparator in comparators { range = range.clamped(to: comparator.range(in: list)) }
            guard !range.isEmpty else { continue }
            var bounded = CandidateSet(capacity: list.count)
            bounded.insert(contentsOf: range)
            found.formUnion(bounded.intersection(list.releases))
            let prereleases = bounded.subtracting(list.releases)
            guard !prereleases.isEmpty else { continue }
            // Few constraints reach a pre-release, so these are asked one by one.
            let only = VersionConstraint(alternatives: [comparators], prerelease: prerelease)
            prereleases.forEach { if only.accepts(list[$0].version) { found.insert($0) } }
        }
        return found.intersection(eligible)
    }
}

extension VersionComparator {
    /// The run of candidates that `^` or `~` takes, where the list has nothing but releases that are told apart by their keys' bits, as most do;
    /// nil elsewhere.
    fileprivate func plainRange(in list: CandidateList) -> Range<Int>? {
        guard self.operator == .caret || self.operator == .tilde, list.isPlain, let version,
            let bits = VersionSortKey.plainBits(of: version)
        else { return nil }
        let isWholeMajor = self.operator == .caret && version.major.value != 0
        let isWholeMinor = self.operator == .tilde || version.minor.value != 0
        let end = VersionSortKey.nextBits(after: bits, isWholeMajor ? .major : isWholeMinor ? .minor : .patch)
        let start = list.firstIndex(atOrAbove: bits)
        return start..<max(start, list.firstIndex(atOrAbove: end))
    }

    /// The run of candidates within the comparator's bounds, pre-releases included.
    fileprivate func range(in list: CandidateList) -> Range<Int> {
        guard let version else { return 0..<list.count }
        let key = VersionSortKey(version)
        switch self.operator {
        case .equal: return list.firstIndex(atOrAbove: key)..<list.firstIndex(above: key)
        case .greater: return list.firstIndex(above: key)..<list.count
        case .greaterOrEqual: return list.firstIndex(atOrAbove: key)..<list.count
        case .less: return 0..<list.firstIndex(atOrAbove: key)
        case .lessOrEqual: return 0..<list.firstIndex(above: key)
        case .tilde, .caret:
            let start = list.firstIndex(atOrAbove: key)
            return start..<max(start, list.firstIndex(atOrAbove: VersionSortKey(end(of: version))))
        case .latest: return 0..<list.count
        }
    }

    /// The lowest version above the bounds of `~` or `^`: the lowest pre-release of the next minor, major or patch.
    private func end(of version: SemanticVersion) -> SemanticVersion {
        let zero = DecimalNumber(0)
        let numbers =
            if self.operator == .caret, version.major != zero {
                (version.major.successor, zero, zero)
            } else if self.operator == .tilde || version.minor != zero {
                (version.major, version.minor.successor, zero)
            } else {
                (version.major, version.minor, version.patch.successor)
            }
        return SemanticVersion(numbers, prerelease: [.number(zero)], build: [])
    }
}
