/// What is left of the bound on the work of one request: whoever writes many requirements gets no more of it than whoever writes one.
package struct Effort: Sendable {
    /// The conflicts of the solves that look for an answer.
    private(set) var conflicts: Int
    /// The conflicts of the solves that look for short reasons.
    private(set) var reasonConflicts: Int
    /// The facts that those look at: about half a second.
    private(set) var reasonFacts = 3_000_000

    /// A whole one: as many conflicts for short reasons as for the answer.
    package init(_ limits: SolverLimits) { (conflicts, reasonConflicts) = (limits.conflicts, limits.conflicts) }

    /// Takes away what a solve has cost.
    mutating func spend(conflicts count: Int) { conflicts = max(0, conflicts - count) }

    /// Takes away what a reduction has cost.
    mutating func spend(reasonConflicts count: Int, facts: Int) {
        reasonConflicts = max(0, reasonConflicts - count)
        reasonFacts = max(0, reasonFacts - facts)
    }
}
