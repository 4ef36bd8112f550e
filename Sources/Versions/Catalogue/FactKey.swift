/// What versions say: those that say the same share a fact.
struct FactKey: Hashable {
    let requirement: PackageRequirement?
    /// Why they cannot be used.
    let reason: String?

    init(_ fact: Fact) { (requirement, reason) = (fact.requirement, fact.reason) }

    init(_ requirement: PackageRequirement) { (self.requirement, reason) = (requirement, nil) }

    init(reason: String) { (requirement, self.reason) = (nil, reason) }

    /// A number that equal keys have in common, and others about the same target rarely have.
    var fingerprint: UInt64 { requirement?.accepted.fingerprint ?? 0 }
}

extension CandidateManifest {
    /// Calls with all that a manifest says to the solver.
    func forEachKey(_ body: (FactKey) -> Void) {
        switch self {
        case .requirements(let requirements):
            for requirement in requirements where requirement.kind != .development { body(FactKey(requirement)) }
        case .unusable(let reason): body(FactKey(reason: reason))
        }
    }
}
