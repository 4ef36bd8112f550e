import Capsules
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// Who requires what here, as `amx tree` and `amx why` tell it.
@Suite struct DependencyGraphTests {
    private func text(_ edges: [DependencyGraph.Edge]) -> [String] {
        edges.map { "\($0.from?.string ?? "workspace") \($0.kind.rawValue) \($0.to) \($0.constraint)" }
    }

    @Test func whatIsInstalledIsReadFromItsReleases() throws {
        let fixture = try OperationFixture()
        for id in ["a", "b", "c"] { try fixture.bring(id) }
        try fixture.perform(fixture.operation(.add, ["a 1.0.0", "b 1.0.0", "c 1.0.0"], requires: ["a", "c"]))
        let graph = try DependencyGraph(fixture.workspace)
        let (a, b, c) = (try CapsuleID("a"), try CapsuleID("b"), try CapsuleID("c"))
        #expect(graph.roots == [a, c])
        #expect(graph.nodes.keys.sorted() == [a, b, c] && graph.nodes.values.allSatisfy { !$0.isDeveloped })
        #expect(text(graph.requirements(of: a)) == ["a dependencies b ^1.0.0"])
        #expect(
            text(graph.requirements(of: nil)) == [
                "workspace dependencies a >=1.0.0", "workspace dependencies c >=1.0.0",
            ])
        #expect(text(graph.dependents(of: b)) == ["a dependencies b ^1.0.0"])
        #expect(graph.path(to: b)?.map(\.to) == [a, b] && graph.path(to: a)?.map(\.to) == [a])
        #expect(graph.path(to: try CapsuleID("nowhere")) == nil)
    }

    /// Circles among what is developed here end both the tree and the way to a capsule.
    @Test func circlesAmongDevelopedCapsulesEnd() throws {
        let fixture = try PlannerFixture()
        try fixture.develop("x", "1.0.0", ["y": "^1.0.0"], dev: ["z": "^1.0.0"])
        try fixture.develop("y", "1.0.0", ["x": "^1.0.0"])
        let graph = try DependencyGraph(fixture.base.workspace)
        let (x, y, z) = (try CapsuleID("x"), try CapsuleID("y"), try CapsuleID("z"))
        #expect(graph.roots == [x, y] && graph.nodes.values.allSatisfy(\.isDeveloped))
        #expect(text(graph.requirements(of: x)) == ["x dependencies y ^1.0.0", "x devDependencies z ^1.0.0"])
        #expect(graph.path(to: z)?.map(\.to) == [z] && graph.nodes[z] == nil)
        // What is developed is here for its own sake: the way to it is the one from another that is developed.
        #expect(graph.path(to: y)?.map(\.to) == [y])
    }
}
