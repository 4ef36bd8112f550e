/// A fact that is being brought into a solve, with what solves look at of it.
struct IncomingFact {
    let id: Fact.ID
    /// As it was when the fact was found: what it accepts may have been looked up since.
    let link: FactLink
}
