import TestSupport
import Testing

@testable import Versions

@Suite struct LoadOrderTests {
    typealias Spec = (name: String, provides: [String], requires: [String])

    static func order(_ specs: [Spec]) throws -> (names: [String], unmet: [String]) {
        let candidates = specs.map { LoadCandidate(name: $0.name, provides: $0.provides, requires: $0.requires) }
        let order = try LoadOrder(candidates)
        return (order.indices.map { specs[$0].name }, order.unmet.map { "\($0.name) \($0.requirement)" })
    }

    /// The cases of seed 004, and what they leave open.
    @Test(
        arguments: [
            ([], [], []),
            ([("a", [], ["topic:x"])], ["a"], []),
            ([("b", [], ["topic:x"]), ("a", ["topic:x"], [])], ["a", "b"], []),
            ([("b", [], ["topic:llm.*"]), ("a", ["topic:llm.claude"], [])], ["a", "b"], []),
            ([("b", [], ["topic:x.y"]), ("a", ["topic:*.y"], [])], ["a", "b"], []),
            // Each provider comes before the consumer, although one would do.
            ([("c", [], ["topic:x"]), ("a", ["topic:x"], []), ("b", ["topic:*"], [])], ["a", "b", "c"], []),
            ([("a", [], ["topic:nobody"]), ("b", [], [])], ["a", "b"], ["a topic:nobody"]),
            ([("c", [], []), ("a", [], []), ("b", [], [])], ["c", "a", "b"], []),
            (
                [
                    ("d", [], ["tool:b", "tool:c"]), ("b", ["tool:b"], ["tool:a"]), ("c", ["tool:c"], ["tool:a"]),
                    ("a", ["tool:a"], []),
                ], ["a", "b", "c", "d"], []
            ),
            // A capsule never meets its own requirement, and never waits for itself.
            ([("a", ["topic:x"], ["topic:x"]), ("b", [], [])], ["a", "b"], ["a topic:x"]),
            ([("a", ["topic:x"], ["topic:x"]), ("b", ["topic:x"], []), ("c", [], ["topic:x"])], ["b", "a", "c"], []),
            // Two requirements that one provider meets are two edges, and still one wait.
            ([("b", [], ["topic:x", "topic:*"]), ("a", ["topic:x", "topic:y"], [])], ["a", "b"], []),
            ([("b", [], ["topic:n", "topic:n"]), ("a", [], [])], ["b", "a"], ["b topic:n", "b topic:n"]),
            // A requirement one segment longer than what is offered is not met (the seed's code says it is).
            ([("b", [], ["topic:x.y"]), ("a", ["topic:x"], [])], ["b", "a"], ["b topic:x.y"]),
            // A whole loop of an agent: who listens to the model, the model, who keeps its memory.
            (
                [
                    ("react", ["topic:agent.reply"], ["topic:llm.stream.*", "tool:memory"]),
                    ("claude", ["topic:llm.stream.claude"], ["topic:session.opened"]),
                    ("memory", ["tool:memory"], []), ("session", ["topic:session.opened"], ["topic:identity"]),
                    ("identity", ["topic:identity"], []),
                ], ["memory", "identity", "session", "claude", "react"], []
            ),
        ] as [([Spec], [String], [String])])
    func orders(specs: [Spec], names: [String], unmet: [String]) throws {
        let order = try Self.order(specs)
        #expect(order.names == names)
        #expect(order.unmet == unmet)
    }

    @Test func tellsTheCycleAndWhoWaitsForIt() throws {
        let specs: [Spec] = [
            ("free", ["tool:free"], []), ("c", ["tool:c"], ["tool:b"]), ("late", [], ["tool:c"]),
            ("a", ["tool:a"], ["tool:c"]), ("b", ["tool:b"], ["tool:a", "tool:free"]),
        ]
        let error = try #require(throws: LoadCycle.self) { try Self.order(specs) }
        #expect(error.description == "dependency cycle detected (involved nodes): c, late, a, b")
        #expect(error.original.map(\.name) == specs.map(\.name))
        #expect(error.cycle == ["a", "b", "c"] || error.cycle == ["b", "c", "a"] || error.cycle == ["c", "a", "b"])
    }

    @Test func tellsACycleOfTwoThatOfferTheSame() throws {
        let specs: [Spec] = [("a", ["tool:x"], ["tool:x"]), ("b", ["tool:x"], ["tool:x"])]
        let error = try #require(throws: LoadCycle.self) { try Self.order(specs) }
        #expect(error.names == ["a", "b"])
        #expect(Set(error.cycle) == ["a", "b"])
    }

    /// Random candidates, against the seed's own way: every pair, one edge for each.
    @Test func agreesWithALookAtEachPair() throws {
        var random = SeededGenerator(seed: 20)
        var (ordered, cyclic) = (0, 0)
        for _ in 0..<2_000 {
            let specs: [Spec] = (0..<Int.random(in: 0...9, using: &random)).map { place in
                (
                    "n\(place)", (0..<Int.random(in: 0...2, using: &random)).map { _ in Capability.random(&random) },
                    (0..<Int.random(in: 0...2, using: &random)).map { _ in Capability.random(&random) }
                )
            }
            let expected = PairwiseOrder(specs)
            do {
                let order = try Self.order(specs)
                #expect(order.names == expected.names, "\(specs)")
                #expect(order.unmet == expected.unmet, "\(specs)")
                ordered += 1
            } catch let error as LoadCycle {
                #expect(error.names == expected.left, "\(specs)")
                #expect(isCycle(error.cycle, in: specs), "\(error.cycle) of \(specs)")
                cyclic += 1
            }
        }
        #expect(ordered > 500 && cyclic > 100)
    }

    private func isCycle(_ names: [String], in specs: [Spec]) -> Bool {
        let known = Dictionary(uniqueKeysWithValues: specs.map { ($0.name, $0) })
        return names.count > 1 && Set(names).count == names.count
            && names.indices.allSatisfy { place in
                guard let one = known[names[place]], let next = known[names[(place + 1) % names.count]] else {
                    return false
                }
                return next.requires.contains { required in
                    one.provides.contains { Capability(required).isMet(by: Capability($0)) }
                }
            }
    }

    /// 20,000 capsules, all of which listen to all others by a wildcard or to one of them by name: nothing here may look at pairs.
    @Test(.timeLimit(.minutes(15))) func manyCapsules() throws {
        let count = 20_000
        let specs: [Spec] = (0..<count).map { place in
            ("n\(place)", ["topic:n.\(place)"], place.isMultiple(of: 2) ? [] : ["topic:n.\(place - 1)", "tool:all"])
        }
        let listeners: [Spec] = (0..<count).map { ("l\($0)", [], ["topic:n.*"]) }
        let order = try Self.order(listeners + specs)
        #expect(order.names.prefix(count / 2).allSatisfy { $0.first == "n" })
        #expect(order.names.last == "l\(count - 1)")
        #expect(order.unmet.count == count / 2)
    }
}

/// Seed 004's algorithm as its rows describe it: all pairs, parallel edges, a queue.
private struct PairwiseOrder {
    var names: [String] = []
    var unmet: [String] = []
    var left: [String] = []

    init(_ specs: [LoadOrderTests.Spec]) {
        guard specs.count > 1 else {
            names = specs.map(\.name)
            return
        }
        var edges: [[Int]] = Array(repeating: [], count: specs.count)
        var waits = Array(repeating: 0, count: specs.count)
        for (consumer, spec) in specs.enumerated() {
            for requirement in spec.requires {
                let providers = specs.indices.filter { provider in
                    provider != consumer
                        && specs[provider].provides.contains { Capability(requirement).isMet(by: Capability($0)) }
                }
                if providers.isEmpty { unmet.append("\(spec.name) \(requirement)") }
                for provider in providers {
                    edges[provider].append(consumer)
                    waits[consumer] += 1
                }
            }
        }
        var queue = specs.indices.filter { waits[$0] == 0 }
        var next = 0
        while next < queue.count {
            for consumer in edges[queue[next]] {
                waits[consumer] -= 1
                if waits[consumer] == 0 { queue.append(consumer) }
            }
            next += 1
        }
        names = queue.map { specs[$0].name }
        left = specs.indices.filter { waits[$0] > 0 }.map { specs[$0].name }
    }
}

extension Capability {
    /// A short text of few letters, so that many match.
    static func random(_ random: inout SeededGenerator) -> String {
        let type = ["topic", "tool"].randomElement(using: &random) ?? ""
        let segments = (0..<Int.random(in: 1...2, using: &random)).map { _ in
            ["a", "b", "c", "*"].randomElement(using: &random) ?? ""
        }
        return "\(type):\(segments.joined(separator: "."))"
    }
}
