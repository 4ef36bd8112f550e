extension Solver {
    /// Whether enough conflicts came since the last restart: 64 times Luby's sequence.
    var mayRestart: Bool { conflictsSinceRestart >= 64 * Self.luby(restarts) && !levels.isEmpty }

    /// Goes back to before the first decision; gives the nogood that is violated there, if any.
    mutating func restart() -> Reason? {
        restarts += 1
        conflictsSinceRestart = 0
        backjump(to: 0)
        clearQueue()
        defer { unary.removeAll(keepingCapacity: true) }
        return excludeUnary()
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
