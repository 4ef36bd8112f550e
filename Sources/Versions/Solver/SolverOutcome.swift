/// How a solve ended.
enum SolverOutcome {
    /// The version of every package that is needed.
    case solution(ContiguousArray<Choice>)
    /// There is none: the facts and givens that a derivation of this used, sorted.
    case contradiction(facts: [Fact.ID], givens: [Int])
    /// The bound on work was reached.
    case gaveUp
}
