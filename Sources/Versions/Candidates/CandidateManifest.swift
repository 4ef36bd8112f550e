/// What a candidate's manifest says to the solver.
package enum CandidateManifest: Hashable, Sendable {
    /// What it needs; development requirements are not looked at.
    case requirements([PackageRequirement])
    /// The candidate cannot be used, with the reason in words that follow a colon.
    case unusable(String)
}
