import Capsules
import Objects
import TestSupport
import Testing

@testable import Versions
@testable import Workspaces

/// The order of installation, over graphs of any shape.
@Suite struct InstallationOrderTests {
    /// Sorts all capsules of a graph, given as what each requires.
    private func sorted(_ graph: [String: [String]]) throws -> [String] {
        let candidate = Candidate(SemanticVersion(1, 0, 0), source: "hub/acme")
        var dependents: [String: [PackageName]] = [:]
        for (id, needs) in graph { for need in needs { dependents[need, default: []].append(PackageName(id)) } }
        let packages = graph.keys.sorted().map { id in
            ResolvedPackage(
                name: PackageName(id), candidate: candidate, dependents: dependents[id] ?? [],
                isRoot: dependents[id] == nil)
        }
        let places = try TablePlaces([:])
        let order = InstallationOrder(
            Resolution(packages: packages, dropped: [], moves: []), WorkspaceCandidates(places, developed: []),
            developed: [])
        let (_, release) = try TablePlaces.release("any 1.0.0")
        var steps: [CapsuleID: InstallationPlan.Step] = [:]
        for id in graph.keys {
            let id = try CapsuleID(id)
            steps[id] = InstallationPlan.Step(id: id, old: nil, release: release, address: "hub/acme", requestedBy: [])
        }
        return try order.sorted(steps).map(\.id.string)
    }

    @Test func dependenciesComeFirstAndThenTheLowerID() throws {
        #expect(try sorted(["a": ["c"], "b": [], "c": ["d"], "d": []]) == ["d", "c", "a", "b"])
        #expect(try sorted(["z": [], "y": [], "x": []]) == ["x", "y", "z"])
        #expect(try sorted([:]) == [])
    }

    @Test func aDiamondIsInstalledOnce() throws {
        #expect(
            try sorted(["top": ["left", "right"], "left": ["base"], "right": ["base"], "base": []])
                == ["base", "left", "right", "top"])
    }

    @Test func randomGraphsKeepToTheRule() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            let count = Int.random(in: 1...30, using: &random)
            var graph: [String: [String]] = [:]
            for number in 0..<count {
                // Only of higher numbers: no circle.
                let needs = ((number + 1)..<max(count, number + 1)).filter { _ in
                    Int.random(in: 0..<5, using: &random) == 0
                }
                graph["c\(number)"] = needs.map { "c\($0)" }
            }
            let order = try sorted(graph)
            let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
            #expect(places.count == count)
            for (id, needs) in graph {
                for need in needs { #expect((places[need] ?? .max) < (places[id] ?? -1), "\(need) before \(id)") }
            }
        }
    }

    /// As deep as a graph can be: no stack of the machine's is used for it.
    @Test func chainsMayBeLong() throws {
        let count = 100_000
        func id(_ number: Int) -> String { "c\(String(number + count))" }
        var graph: [String: [String]] = [id(count - 1): []]
        for number in 0..<(count - 1) { graph[id(number)] = [id(number + 1)] }
        let order = try sorted(graph)
        #expect(order.first == id(count - 1) && order.last == id(0) && order.count == count)
    }

    @Test(arguments: [
        (["a": ["a"]], "a", "a@1.0.0 requires a@1.0.0"),
        (["a": ["b"], "b": ["a"]], "a", "a@1.0.0 requires b@1.0.0 requires a@1.0.0"),
        (
            ["a": ["m"], "m": ["n"], "n": ["o"], "o": ["m"]], "m",
            "m@1.0.0 requires n@1.0.0 requires o@1.0.0 requires m@1.0.0"
        ),
    ]) func circlesAreToldAsTheyAre(_ graph: [String: [String]], _ start: String, _ text: String) throws {
        let error = #expect(throws: AmxError.self) { try sorted(graph) }
        #expect(error?.message == "Circular dependency detected: \(start)@1.0.0")
        #expect(error?.hint == "\(text): one of them has to do without the other")
    }

    /// A long circle is told by its ends.
    @Test func aLongCircleIsShortened() throws {
        let count = 4_000
        func id(_ number: Int) -> String { "c\(String(number + count))" }
        var graph: [String: [String]] = [:]
        for number in 0..<count { graph[id(number)] = [id((number + 1) % count)] }
        let error = #expect(throws: AmxError.self) { try sorted(graph) }
        let hint = error?.hint ?? ""
        #expect(hint.hasPrefix("\(id(0))@1.0.0 requires \(id(1))@1.0.0 requires "), "\(hint)")
        #expect(hint.contains("(3992 more, the last of which) requires \(id(count - 2))@1.0.0 "), "\(hint)")
        #expect(hint.utf8.count < 400, "\(hint.utf8.count)")
    }
}
