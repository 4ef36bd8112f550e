/// That a request has no solution, with the facts that a derivation of this used.
package struct Contradiction {
    let resolver: Resolver
    let request: ResolutionRequest
    let givens: [Given]
    let facts: [Fact.ID]

    /// Says why there is no solution: the reasons that are left when all that can be left out is, a proof, and changes that would do.
    ///
    /// The work is bounded: reasons that could not be reduced within it are marked as such. Deterministic.
    package func explain() throws -> Conflict { try resolver.explain(self) }
}
