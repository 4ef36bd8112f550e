/// That a request has no solution, with the facts that a derivation of this used.
package struct Contradiction {
    let request: ResolutionRequest
    let givens: [Given]
    let facts: [Fact.ID]
}
