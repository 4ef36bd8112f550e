/// How a request was answered.
package enum ResolutionOutcome {
    case resolved(Resolution)
    /// There is no solution; ``Contradiction/explain()`` says why.
    case conflict(Contradiction)
    /// The bound on work was reached after so many conflicts: there may be a solution or not.
    case gaveUp(conflicts: Int)
}
