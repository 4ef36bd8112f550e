/// What stands behind a solve: a store, a hub's index, a graph in memory.
///
/// All calls are synchronous and come from one thread, at points that depend only on the question and on earlier answers; a
/// source must give the same answer to the same question for as long as a ``Catalogue`` uses it. It throws what keeps it from
/// answering at all (an I/O error), which ends the solve with that error.
package protocol CandidateSource {
    /// Whether reading a manifest costs next to nothing, so that whole packages are read at once; otherwise a manifest is read
    /// when its version is about to be chosen.
    var hasManifestsAtHand: Bool { get }

    /// The candidates of a package in any order; none for a package that is not known.
    func candidates(of package: PackageName) throws -> [Candidate]

    /// What a candidate needs.
    func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) throws -> CandidateManifest

    /// Says which packages' candidates will be asked for next.
    func prefetchCandidates(of packages: [PackageName])

    /// Says which manifests are likely to be asked for next, best first.
    func prefetchManifests(of package: PackageName, _ candidates: [Candidate])
}

extension CandidateSource {
    package func prefetchCandidates(of packages: [PackageName]) {}

    package func prefetchManifests(of package: PackageName, _ candidates: [Candidate]) {}
}
