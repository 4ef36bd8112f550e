/// Says that capsules wait for each other, so that none of them can be loaded first.
package struct LoadCycle: Error, Hashable, Sendable {
    /// Everybody who could not be placed, in the order given: those on a cycle, and those who wait for one.
    package let names: [String]
    /// One cycle: each requires something of the one before it, and the first of the last.
    package let cycle: [String]
    /// The candidates, in the order in which they came.
    package let original: [LoadCandidate]
}

extension LoadCycle: CustomStringConvertible {
    /// Seed 004's text.
    package var description: String {
        "dependency cycle detected (involved nodes): \(names.joined(separator: ", "))"
    }
}
