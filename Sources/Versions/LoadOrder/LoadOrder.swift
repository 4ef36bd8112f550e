/// In which order capsules are loaded: everybody who provides something comes before everybody who requires it (seed 004).
///
/// Independent capsules keep the order in which they came, so a caller that wants the same order always sorts them first.
package struct LoadOrder: Sendable, Hashable {
    /// A requirement that no other capsule meets; the capsule is loaded nevertheless.
    package struct Unmet: Sendable, Hashable {
        package let name: String
        package let requirement: String
    }

    /// The places of the candidates, each once, in the order of loading.
    package let indices: [Int]
    /// By candidate, then as each lists them. A candidate that comes alone has none.
    package let unmet: [Unmet]

    /// Orders candidates; time grows with what they list and, for requirements with wildcards, with what those match.
    package init(_ candidates: [LoadCandidate]) throws(LoadCycle) {
        guard candidates.count > 1 else {
            (indices, unmet) = (Array(candidates.indices), [])
            return
        }
        var graph = LoadGraph(candidates)
        unmet = graph.unmet.map { Unmet(name: candidates[$0.candidate].name, requirement: $0.requirement) }
        indices = graph.sorted()
        guard indices.count == candidates.count else {
            throw LoadCycle(
                names: graph.waiting.map { candidates[$0].name }, cycle: graph.cycle().map { candidates[$0].name },
                original: candidates)
        }
    }
}
