import Testing

@testable import Versions

/// The work grows with what is required, whatever shape that has: counted, not timed.
struct LinearWorkTests {
    /// Who requires whom.
    enum Shape: String, CaseIterable {
        /// Each the next one.
        case line
        /// The first one all others.
        case star
        /// Each two of its own.
        case tree
        /// Each the next two.
        case ladder
        /// All others the last one.
        case fan

        func needs(_ place: Int, of count: Int) -> [Int] {
            let all =
                switch self {
                case .line: [place + 1]
                case .star: place == 0 ? Array(1..<count) : []
                case .tree: [2 * place + 1, 2 * place + 2]
                case .ladder: [place + 1, place + 2]
                case .fan: place == 0 ? Array(1..<count) : place == count - 1 ? [] : [count - 1]
                }
            return all.filter { $0 < count }
        }
    }

    /// Counts what a solve asks for.
    private final class CountingSource: CandidateSource {
        let graph: PackageGraph
        private(set) var lists = 0
        private(set) var manifests = 0

        init(_ graph: PackageGraph) { self.graph = graph }

        var hasManifestsAtHand: Bool { true }

        func candidates(of package: PackageName) -> [Candidate] {
            lists += 1
            return graph.candidates(of: package)
        }

        func manifest(of package: PackageName, _ candidate: Candidate, at ordinal: Int) -> CandidateManifest {
            manifests += 1
            return graph.manifest(of: package, candidate, at: ordinal)
        }
    }

    private static let releases = 3

    private func graph(
        _ shape: Shape, _ count: Int, _ kind: PackageRequirement.Kind, needs: Range<Int> = 0..<releases
    ) -> PackageGraph {
        var graph = PackageGraph()
        for place in 0..<count {
            for release in 0..<Self.releases {
                let needs = shape.needs(place, of: count).map {
                    PackageRequirement(PackageName("c\($0)"), .ordinals([needs], text: "\(needs)"), kind: kind)
                }
                graph.add(PackageName("c\(place)"), Candidate(SemanticVersion(1, UInt64(release), 0)), needs)
            }
        }
        return graph
    }

    private let request = ResolutionRequest([RootRequirement(PackageRequirement(PackageName("c0"), .any))])

    /// The steps of an answer, in which every package has its highest version that will do.
    private func steps(_ shape: Shape, _ count: Int, _ kind: PackageRequirement.Kind) throws -> Int {
        let source = CountingSource(graph(shape, count, kind))
        var effort = Effort(SolverLimits())
        let outcome = try Resolver(Catalogue(source)).resolve(request, within: &effort)
        guard case .resolved(let resolution) = outcome else {
            Issue.record("no answer: \(outcome)")
            return 0
        }
        #expect(resolution.packages.count == count)
        #expect(resolution.packages.allSatisfy { $0.candidate.version == SemanticVersion(1, 2, 0) })
        #expect(source.lists == count && source.manifests == count * Self.releases)
        return SolverLimits().steps - effort.steps
    }

    @Test(arguments: Shape.allCases, [PackageRequirement.Kind.required, .optional])
    func twiceAsManyTakeTwiceTheWork(_ shape: Shape, _ kind: PackageRequirement.Kind) throws {
        let (once, twice) = (try steps(shape, 250, kind), try steps(shape, 500, kind))
        #expect(once >= 250)
        #expect(Double(twice) < 2.2 * Double(once), "\(shape) \(kind): \(once), then \(twice)")
    }

    /// Versions that nobody may choose together are found out before the bound on conflicts, and the bound on steps is told by its value.
    @Test func theBoundOnStepsIsTold() throws {
        let limits = SolverLimits(steps: 400)
        let resolver = Resolver(Catalogue(graph(.line, 500, .required)), limits: limits)
        guard case .gaveUp(let bound) = try resolver.resolve(request) else {
            Issue.record("five hundred packages in four hundred steps")
            return
        }
        #expect(bound == .steps(400) && "\(bound)" == "400 steps")
        #expect(throws: Never.self) { try resolver.resolve(self.request) }
    }

    /// When all that is locked has to move, that is told within a bound on rounds, and most locks that may stay do.
    @Test func locksThatMustMoveAreLetGoTogether() throws {
        let count = 60
        // The newest release of each needs the newest of the next.
        var graph = graph(.line, count, .required)
        for place in 0..<count - 1 {
            graph.add(
                PackageName("c\(place)"), Candidate(SemanticVersion(1, 2, 0)),
                [PackageRequirement(PackageName("c\(place + 1)"), .ordinals([2..<3], text: "2"))])
        }
        graph.add(PackageName("calm"), Candidate(SemanticVersion(1, 0, 0)))
        graph.add(PackageName("calm"), Candidate(SemanticVersion(1, 1, 0)))
        var request = ResolutionRequest([
            RootRequirement(PackageRequirement(PackageName("c0"), .ordinals([2..<3], text: "2"))),
            RootRequirement(PackageRequirement(PackageName("calm"), .any)),
        ])
        for place in 0..<count { request.locked[PackageName("c\(place)")] = Candidate(SemanticVersion(1, 1, 0)) }
        request.locked[PackageName("calm")] = Candidate(SemanticVersion(1, 0, 0))
        guard case .resolved(let resolution) = try Resolver(Catalogue(graph)).resolve(request) else {
            Issue.record("no answer")
            return
        }
        #expect(resolution.moves.count == count)
        #expect(resolution.moves.allSatisfy { $0.to?.version == SemanticVersion(1, 2, 0) && !$0.reasons.isEmpty })
        #expect(resolution.version(of: PackageName("calm")) == SemanticVersion(1, 0, 0))
    }
}
