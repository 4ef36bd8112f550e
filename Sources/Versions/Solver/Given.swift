/// What a solve is told beside the catalogue's facts.
struct Given {
    /// Why a solve is told something.
    enum Cause {
        /// The workspace requires it.
        case root(RootRequirement)
        /// The version is locked and must not move.
        case locked
        /// The version was chosen earlier in the same resolution.
        case chosen
    }

    let package: Catalogue.Package
    /// The versions that will do.
    let accepted: CandidateSet
    /// Whether the package may also be absent, as one that is only locked.
    let mayBeAbsent: Bool
    let cause: Cause

    /// Whether the given keeps a locked version.
    var isLock: Bool { if case .locked = cause { true } else { false } }
}
