/// What is left of the bound on the work of one request: whoever writes many requirements gets no more of it than whoever writes one.
package struct Effort: Sendable {
    /// The conflicts of the solves that look for an answer.
    private(set) var conflicts: Int
    /// Their steps.
    package private(set) var steps: Int
    /// The conflicts of the solves that look for short reasons.
    private(set) var reasonConflicts: Int
    /// Their steps.
    private(set) var reasonSteps: Int
    /// The facts that those look at: about half a second.
    private(set) var reasonFacts = 3_000_000

    /// A whole one: as much for short reasons as for the answer.
    package init(_ limits: SolverLimits) {
        (conflicts, steps) = (limits.conflicts, limits.steps)
        (reasonConflicts, reasonSteps) = (limits.conflicts, limits.steps)
    }

    /// Whether no solve can find an answer any more that takes more than looking at what must be.
    var isSpent: Bool { steps == 0 }

    /// Takes away what a solve has cost.
    mutating func spend(conflicts count: Int, steps: Int) {
        conflicts = max(0, conflicts - count)
        self.steps = max(0, self.steps - steps)
    }

    /// Takes away what a reduction has cost.
    mutating func spend(reasonConflicts count: Int, steps: Int, facts: Int) {
        reasonConflicts = max(0, reasonConflicts - count)
        reasonSteps = max(0, reasonSteps - steps)
        reasonFacts = max(0, reasonFacts - facts)
    }
}
