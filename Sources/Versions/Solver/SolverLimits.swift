/// How much work a solve may do.
package struct SolverLimits: Hashable, Sendable {
    /// The number of conflicts after which a solve gives up.
    package var conflicts: Int

    /// The number of nogoods and terms looked at after which a solve gives up: its time follows them, however many packages there are.
    package var steps: Int

    /// The number of learned nogoods above which those of little use are forgotten; it grows by a tenth each time.
    package var learned: Int

    /// 25,000 conflicts, 200 million steps and 4,000 learned nogoods unless told otherwise.
    package init(conflicts: Int = 25_000, steps: Int = 200_000_000, learned: Int = 4_000) {
        self.conflicts = conflicts
        self.steps = steps
        self.learned = learned
    }
}
