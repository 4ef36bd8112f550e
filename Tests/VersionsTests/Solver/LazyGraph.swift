@testable import Versions

/// The same packages, given one manifest at a time.
struct LazyGraph: CandidateSource {
    let graph: PackageGraph

    var hasManifestsAtHand: Bool { false }

    func candidates(of package: PackageName) -> [Candidate] { graph.candidates(of: package).shuffled() }

    func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
        graph.manifest(of: package, candidate, at: ordinal)
    }
}
