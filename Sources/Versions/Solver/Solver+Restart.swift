extension Solver {
    /// Whether enough conflicts came since the last restart: 64 times Luby's sequence.
    var mayRestart: Bool { conflictsSinceRestart >= 64 * Self.luby(restarts) && !levels.isEmpty }

    /// Goes back to before the first decision; gives the nogood that is violated there, if any.
    mutating func restart() -> Reason? {
        restarts += 1
        conflictsSinceRestart = 0
        backjump(to: 0)
        clearQueue()
        if learned.count > learnedLimit { forget() }
        defer { unary.removeAll(keepingCapacity: true) }
        return excludeUnary()
    }

    /// Drops the half of the learned nogoods that took part in a conflict longest ago, but none that is a reason.
    private mutating func forget() {
        learnedLimit += learnedLimit / 10
        var isKept = ContiguousArray(repeating: false, count: learned.count)
        // Ties go to the younger, so the result is the same every time.
        for nogood in learned.origins.indices.sorted(by: { (lastUse[$0], $0) > (lastUse[$1], $1) })
            .prefix(learned.count / 2)
        { isKept[nogood] = true }
        for entry in trail where entry.reason.isLearned { isKept[entry.reason.nogood] = true }
        var (smaller, uses) = (NogoodStore(), ContiguousArray<UInt32>())
        var numbers = ContiguousArray(repeating: 0, count: learned.count)
        watches.removeAll()
        for nogood in learned.origins.indices where isKept[nogood] {
            let range = learned.range(of: nogood)
            for place in range {
                let term = learned.terms[place]
                let package = Int(term.package)
                if packages[package].width == 1 {
                    smaller.append(package, inline: term.bits)
                } else {
                    smaller.append(
                        package, words: learned.sets[Int(term.bits)..<Int(term.bits) + Int(packages[package].width)])
                }
            }
            numbers[nogood] = smaller.finish(learned.origins[nogood])
            uses.append(lastUse[nogood])
            // The first two terms stay the watched ones.
            for place in range.prefix(2) {
                watches.append(UInt32(numbers[nogood]), to: Int(learned.terms[place].package))
            }
        }
        for place in trail.indices where trail[place].reason.isLearned {
            trail[place].reason = .learned(numbers[trail[place].reason.nogood])
        }
        (learned, lastUse) = (smaller, uses)
    }

    /// The sequence 1 1 2 1 1 2 4 1 1 2 1 1 2 4 8 ... (Luby, Sinclair and Zuckerman 1993), from index 0.
    private static func luby(_ index: Int) -> Int {
        var (index, size) = (index, 1)
        while size < index + 1 { size = 2 * size + 1 }
        while size - 1 != index {
            size = (size - 1) / 2
            index %= size
        }
        return (size + 1) / 2
    }
}
