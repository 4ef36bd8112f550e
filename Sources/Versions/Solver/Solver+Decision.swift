extension Solver {
    /// The needed package to decide next; nil when every one has its version.
    ///
    /// First those that were in many conflicts, then those with the fewest candidates left, then those found first.
    func nextPackage() -> Int? {
        var (best, bestKey) = (-1, UInt64.max)
        for item in required {
            let package = Int(item)
            let size = size(of: package)
            if size == 1 { continue }
            let tried = UInt64(min(activity[package], 0xFFFF))
            let key = (tried < 5 ? 0xFFFF : 0xFFFF - tried) << 48 | UInt64(min(size, 0xFFFF)) << 32 | UInt64(package)
            if key < bestKey { (best, bestKey) = (package, key) }
        }
        return best < 0 ? nil : best
    }

    /// The candidate to try: the preferred one, else the highest release, else the highest pre-release.
    func best(of package: Int) -> Int {
        let left = candidates(of: package)
        if preferred[package] >= 0, left.contains(Int(preferred[package])) { return Int(preferred[package]) }
        return left.intersection(releases[package]).highest ?? left.highest ?? 0
    }

    /// Chooses a version.
    mutating func decide(_ package: Int) throws {
        let choice = best(of: package)
        levels.append(LevelStart(trail: trail.count, required: required.count, olds: olds.count))
        let start = Int(offset[package])
        if width[package] == 1 {
            record(package, domains[start], .decision)
            domains[start] = 1 << UInt64(choice)
        } else {
            let old = olds.count
            for index in 0..<Int(width[package]) {
                olds.append(domains[start + index])
                domains[start + index] = index == choice >> 6 ? 1 << UInt64(choice & 63) : 0
            }
            record(package, UInt64(old), .decision)
        }
    }
}
