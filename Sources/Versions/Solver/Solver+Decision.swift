extension Solver {
    /// How many conflicts of a package count for nothing when it is decided what comes next.
    static let fewConflicts: UInt64 = 5

    /// The needed package to decide next; nil when every one has its version.
    ///
    /// First those that were in many conflicts, then those with the fewest candidates left, then those found first. Only packages that something
    /// has happened to since the last call are looked at.
    mutating func nextPackage() -> Int? {
        for place in trailSeen..<trail.count { queueDecision(of: Int(trail[place].package)) }
        trailSeen = trail.count
        for package in unsettled { queueDecision(of: Int(package)) }
        unsettled.removeAll(keepingCapacity: true)
        if undecided.count > 4 * required.count + 64 {
            undecided.removeAll()
            for package in required { queueDecision(of: Int(package)) }
        }
        while let key = undecided.removeFirst() {
            steps &+= 1
            let package = Int(key & 0xFFFF_FFFF)
            if decisionKey(of: package) == key { return package }
        }
        return nil
    }

    private mutating func queueDecision(of package: Int) {
        steps &+= 1
        if let key = decisionKey(of: package) { undecided.insert(key) }
    }

    /// What packages are decided by, the lowest first; nil for one that is not needed, or has its version.
    private func decisionKey(of package: Int) -> UInt64? {
        guard isRequired(package) else { return nil }
        let size = size(of: package)
        if size == 1 { return nil }
        let tried = UInt64(min(packages[package].activity, 0xFFFF))
        return (tried < Self.fewConflicts ? 0xFFFF : 0xFFFF - tried) << 48 | UInt64(min(size, 0xFFFF)) << 32
            | UInt64(package)
    }

    /// The candidate to try: the preferred one, else the highest release, else the highest pre-release.
    func best(of package: Int) -> Int {
        let (start, wanted) = (Int(packages[package].offset), Int(packages[package].preferred))
        if wanted >= 0, domains[start + (wanted >> 6)] >> UInt64(wanted & 63) & 1 == 1 { return wanted }
        var other = 0
        for index in (0..<Int(packages[package].width)).reversed() {
            let word = domains[start + index]
            let released = word & releases[start + index]
            if released != 0 { return (index << 6) + 63 - released.leadingZeroBitCount }
            let left = index == Int(packages[package].width) - 1 ? word & ~packages[package].none : word
            if left != 0, other == 0 { other = (index << 6) + 63 - left.leadingZeroBitCount }
        }
        return other
    }

    /// Chooses a version.
    mutating func decide(_ package: Int) throws {
        let choice = best(of: package)
        if !catalogue.readsWholePackages { announce(package, choice) }
        levels.append(LevelStart(trail: trail.count, required: required.count, olds: olds.count))
        let start = Int(packages[package].offset)
        if packages[package].width == 1 {
            record(package, domains[start], .decision)
            domains[start] = 1 << UInt64(choice)
        } else {
            let old = olds.count
            for index in 0..<Int(packages[package].width) {
                olds.append(domains[start + index])
                domains[start + index] = index == choice >> 6 ? 1 << UInt64(choice & 63) : 0
            }
            record(package, UInt64(old), .decision)
        }
    }

    /// Says which manifests will be read: the one of the choice, and at each further try of the package twice as many after it.
    mutating func announce(_ package: Int, _ choice: Int) {
        let further = (1 << min(max(Int(packages[package].tries) - 1, 0), 5)) - 1
        packages[package].tries += 1
        var left = candidates(of: package).ordinals.filter { $0 != choice }
        // Releases first, the highest first.
        left.sort { (isRelease($0, of: package) ? 1 : 0, $0) > (isRelease($1, of: package) ? 1 : 0, $1) }
        catalogue.prefetch([choice] + left.prefix(further), of: Int(packages[package].name))
    }

    private func isRelease(_ ordinal: Int, of package: Int) -> Bool {
        releases[Int(packages[package].offset) + (ordinal >> 6)] >> UInt64(ordinal & 63) & 1 == 1
    }
}
