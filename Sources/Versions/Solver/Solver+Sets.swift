extension Solver {
    /// A word of a set that does not fit inline.
    func word(_ index: Int, _ home: SetHome) -> UInt64 {
        switch home {
        case .permanent: permanent.sets[index]
        case .learned: learned.sets[index]
        case .conflict: conflict.sets[index]
        }
    }

    /// Whether the package's domain lies within a set, given inline or as an offset into a store's sets.
    @inline(__always)
    func isWithin(_ package: Int, _ bits: UInt64, _ home: SetHome) -> Bool {
        let start = Int(packages[package].offset)
        if packages[package].width == 1 { return domains[start] & ~bits == 0 }
        let base = Int(bits)
        for index in 0..<Int(packages[package].width) where domains[start + index] & ~word(base + index, home) != 0 {
            return false
        }
        return true
    }

    /// Whether the package's domain has nothing in common with a set.
    @inline(__always)
    func isOutside(_ package: Int, _ bits: UInt64, _ home: SetHome) -> Bool {
        let start = Int(packages[package].offset)
        if packages[package].width == 1 { return domains[start] & bits == 0 }
        let base = Int(bits)
        for index in 0..<Int(packages[package].width) where domains[start + index] & word(base + index, home) != 0 {
            return false
        }
        return true
    }

    /// Whether the package must be there.
    @inline(__always)
    func isRequired(_ package: Int) -> Bool {
        domains[Int(packages[package].offset) + Int(packages[package].width) - 1] & packages[package].none == 0
    }

    /// Whether one member is left.
    func isSettled(_ package: Int) -> Bool {
        let start = Int(packages[package].offset)
        if packages[package].width == 1 { return domains[start] & (domains[start] &- 1) == 0 }
        return size(of: package) == 1
    }

    /// The number of members left.
    func size(of package: Int) -> Int {
        let start = Int(packages[package].offset)
        if packages[package].width == 1 { return domains[start].nonzeroBitCount }
        var count = 0
        for index in 0..<Int(packages[package].width) { count += domains[start + index].nonzeroBitCount }
        return count
    }

    /// The candidates left, without "none".
    func candidates(of package: Int) -> CandidateSet {
        let (start, words) = (Int(packages[package].offset), Int(packages[package].width))
        var set = CandidateSet(words: words)
        for index in 0..<words { set[word: index] = domains[start + index] }
        set[word: words - 1] &= ~packages[package].none
        return set
    }

    /// The members of a package's domain that are not in a set of candidates.
    func complement(of set: CandidateSet, in package: Int, withNone: Bool) -> CandidateSet {
        let (words, none) = (Int(packages[package].width), packages[package].none)
        var result = set
        for index in 0..<words { result[word: index] = ~set[word: index] }
        // The bit of "none" is the highest of the package.
        result[word: words - 1] &= none - 1 | (withNone ? none : 0)
        return result
    }

    /// The earliest entry after which the package's domain lies within a set; -1 if it did before the first.
    ///
    /// The domain after `latest`, an entry of the package or -1, must lie within it.
    @inline(__always)
    func satisfier(
        _ package: Int, _ bits: UInt64, _ home: SetHome, from latest: Int32
    ) -> Int32 {
        var entry = latest
        if packages[package].width == 1 {
            while entry >= 0, trail[Int(entry)].old & ~bits == 0 { entry = trail[Int(entry)].previous }
            return entry
        }
        let (base, words) = (Int(bits), Int(packages[package].width))
        search: while entry >= 0 {
            let old = Int(trail[Int(entry)].old)
            for index in 0..<words where olds[old + index] & ~word(base + index, home) != 0 { break search }
            entry = trail[Int(entry)].previous
        }
        return entry
    }
}
