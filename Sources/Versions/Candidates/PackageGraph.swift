/// Candidates and what they need, all in memory.
package struct PackageGraph: CandidateSource, Sendable {
    private var packages: [PackageName: [Candidate: [PackageRequirement]]] = [:]

    package init() {}

    /// Adds a candidate, or replaces what it needs.
    package mutating func add(_ package: PackageName, _ candidate: Candidate, _ requirements: [PackageRequirement] = [])
    {
        packages[package, default: [:]][candidate] = requirements
    }

    package var hasManifestsAtHand: Bool { true }

    package func candidates(of package: PackageName) -> [Candidate] { (packages[package]?.keys).map(Array.init) ?? [] }

    package func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
        .requirements(packages[package]?[candidate] ?? [])
    }
}
