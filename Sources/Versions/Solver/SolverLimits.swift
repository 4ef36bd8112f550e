/// How much work a solve may do.
package struct SolverLimits: Hashable, Sendable {
    /// The number of conflicts after which a solve gives up.
    package var conflicts: Int

    /// 100,000 conflicts unless told otherwise.
    package init(conflicts: Int = 100_000) { self.conflicts = conflicts }
}
