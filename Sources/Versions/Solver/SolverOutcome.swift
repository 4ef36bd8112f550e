/// How a solve ended.
enum SolverOutcome {
    /// Every needed package with the ordinal of its version.
    case solution([Catalogue.Package: Int])
    /// There is none: the facts and givens that a derivation of this used, sorted.
    case contradiction(facts: [Fact.ID], givens: [Int])
    /// The bound on work was reached.
    case gaveUp
}
