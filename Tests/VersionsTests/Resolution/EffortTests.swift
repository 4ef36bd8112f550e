import Testing

@testable import Versions

/// All solves of a request share one bound on work.
struct EffortTests {
    /// Optional requirements of the workspace, each of which wants five guests in four places of its own.
    private func puzzles(_ count: Int) throws -> (graph: PackageGraph, request: ResolutionRequest) {
        var graph = PackageGraph()
        for puzzle in 1...count {
            for guest in 1...5 {
                for place in 1...4 {
                    graph.add(
                        PackageName("guest\(puzzle)-\(guest)"), Candidate(SemanticVersion(UInt64(place), 0, 0)),
                        [try Registry.requirement("place\(puzzle)-\(place) =\(guest).0.0")])
                }
                for place in 1...4 {
                    graph.add(
                        PackageName("place\(puzzle)-\(place)"), Candidate(SemanticVersion(UInt64(guest), 0, 0)))
                }
            }
            graph.add(
                PackageName("puzzle\(puzzle)"), Candidate(SemanticVersion(1, 0, 0)),
                try (1...5).map { try Registry.requirement("guest\(puzzle)-\($0) *") })
        }
        return (graph, try Registry.request((1...count).map { "optional puzzle\($0) *" }))
    }

    /// What has an answer within the bound has one; what comes when it is used up is left out, and says why.
    @Test func optionalRequirementsShareTheBound() throws {
        let (graph, request) = try puzzles(3)
        var effort = Effort(SolverLimits())
        guard case .resolved(let all) = try Resolver(Catalogue(graph)).resolve(request, within: &effort) else {
            Issue.record("no answer")
            return
        }
        #expect(all.dropped.count == 3 && !all.dropped.contains { $0.reason.hasPrefix("no answer") })
        let each = (SolverLimits().conflicts - effort.conflicts) / 3
        try #require(each >= 10)

        let limits = SolverLimits(conflicts: each + each / 2)
        let resolver = Resolver(Catalogue(graph), limits: limits)
        guard case .resolved(let some) = try resolver.resolve(request) else {
            Issue.record("no answer")
            return
        }
        #expect(
            some.dropped.map { $0.reason == "no answer after \(limits.conflicts) conflicts" } == [false, true, true])
    }

    /// What fits without a conflict is added although nothing is left.
    @Test func whatFitsIsAddedAllTheSame() throws {
        let (graph, request) = try puzzles(2)
        var (whole, more) = (graph, request)
        whole.add(PackageName("zebra"), Candidate(SemanticVersion(1, 0, 0)), [])
        more.requirements.append(RootRequirement(try Registry.requirement("optional zebra *")))
        let resolver = Resolver(Catalogue(whole), limits: SolverLimits(conflicts: 3))
        guard case .resolved(let resolution) = try resolver.resolve(more) else {
            Issue.record("no answer")
            return
        }
        #expect(resolution.packages.map(\.name.id) == ["zebra"] && resolution.dropped.count == 2)
    }

    /// A request that is solved again spends what the first time has left.
    @Test func anEffortIsSpentOnce() throws {
        let (graph, request) = try puzzles(1)
        var required = request
        required.requirements = try [RootRequirement(Registry.requirement("puzzle1 *"))]
        var effort = Effort(SolverLimits())
        guard case .conflict = try Resolver(Catalogue(graph)).resolve(required, within: &effort) else {
            Issue.record("it has a solution")
            return
        }
        let used = SolverLimits().conflicts - effort.conflicts
        let resolver = Resolver(Catalogue(graph), limits: SolverLimits(conflicts: used + 1))
        effort = Effort(resolver.limits)
        guard case .conflict = try resolver.resolve(required, within: &effort) else {
            Issue.record("it gave up too early")
            return
        }
        guard case .gaveUp(.conflicts(used + 1)) = try resolver.resolve(required, within: &effort) else {
            Issue.record("it did not give up")
            return
        }
    }
}
