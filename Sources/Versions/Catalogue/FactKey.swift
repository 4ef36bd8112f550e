/// What versions say: those that say the same share a fact.
struct FactKey: Hashable {
    let requirement: PackageRequirement?
    /// Why they cannot be used.
    let reason: String?

    init(_ fact: Fact) { (requirement, reason) = (fact.requirement, fact.reason) }

    private init(requirement: PackageRequirement?, reason: String?) {
        (self.requirement, self.reason) = (requirement, reason)
    }

    /// All that a manifest says to the solver.
    static func keys(of manifest: CandidateManifest) -> [FactKey] {
        switch manifest {
        case .requirements(let requirements):
            requirements.filter { $0.kind != .development }.map { FactKey(requirement: $0, reason: nil) }
        case .unusable(let reason): [FactKey(requirement: nil, reason: reason)]
        }
    }
}
