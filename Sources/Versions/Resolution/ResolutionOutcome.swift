/// How a request was answered.
package enum ResolutionOutcome {
    case resolved(Resolution)
    /// There is no solution; ``Contradiction/explain()`` says why.
    case conflict(Contradiction)
    /// A bound on work was reached: there may be a solution or not.
    case gaveUp(SolverBound)
}
