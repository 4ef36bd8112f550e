import Capsules
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

@Suite struct RemovalGuardTests {
    /// Members as `id: offers | requires | dependencies`, what goes, and the messages.
    static let cases: [([String], [String], [String])] = [
        (["x: a | |", "y: | b |"], ["x"], []),
        (
            ["x: topic:a | |", "y: | topic:a |"], ["x"],
            [
                "Cannot remove 'x': it is the sole provider of 'topic:a' which is required by 'y'. Use --force to override."
            ]
        ),
        // Somebody else offers it too.
        (["x: topic:a | |", "y: | topic:a |", "z: topic:a | |"], ["x"], []),
        // Both who offer it go.
        (
            ["x: topic:a | |", "y: | topic:a |", "z: topic:a | |"], ["x", "z"],
            [
                "Cannot remove 'x': it is the sole provider of 'topic:a' which is required by 'y'. Use --force to override."
            ]
        ),
        // Who needs it goes too.
        (["x: topic:a | |", "y: | topic:a |"], ["x", "y"], []),
        // Nobody's offer to oneself counts.
        (
            ["x: topic:a | |", "y: topic:a | topic:a |"], ["x"],
            [
                "Cannot remove 'x': it is the sole provider of 'topic:a' which is required by 'y'. Use --force to override."
            ]
        ),
        // Nobody has ever offered it.
        (["x: topic:b | |", "y: | topic:a |"], ["x"], []),
        // Wildcards on either side, of one segment.
        (
            ["x: topic:llm.stream.local | |", "y: | topic:llm.stream.* |"], ["x"],
            [
                "Cannot remove 'x': it is the sole provider of 'topic:llm.stream.*' which is required by 'y'. Use --force to override."
            ]
        ),
        (["x: topic:llm.stream.a | |", "y: | topic:llm.* |"], ["x"], []),
        (["x: topic:llm.a | |", "y: | topic:llm.a |", "z: topic:llm.* | |"], ["x"], []),
        // By dependencies.
        (
            ["x: topic:a | |", "y: | topic:a | x", "w: | | x"], ["x"],
            [
                "Cannot remove 'x': it is required by 'w'. Use --force to override.",
                "Cannot remove 'x': it is required by 'y'. Use --force to override.",
                "Cannot remove 'x': it is the sole provider of 'topic:a' which is required by 'y'. Use --force to override.",
            ]
        ),
        (["x: | | y", "y: | |"], ["x"], []),
    ]

    private static func member(_ text: String) throws -> RemovalGuard.Member {
        let parts = text.split(separator: ": ", maxSplits: 1).map(String.init)
        let lists = (parts[1] + " ").split(separator: "|", omittingEmptySubsequences: false).map { list in
            list.split(separator: " ").map(String.init)
        }
        return RemovalGuard.Member(
            id: try CapsuleID(parts[0]), provides: lists[0], requires: lists[1],
            dependencies: Set(try lists[2].map { try CapsuleID($0) }))
    }

    @Test(arguments: cases.indices) func whoIsNeededStays(_ index: Int) throws {
        let (texts, removed, messages) = Self.cases[index]
        let members = try texts.map(Self.member)
        let ids = Set(try removed.map { try CapsuleID($0) })
        #expect(RemovalGuard(removing: ids, from: members).obstacles.map(\.message) == messages)
        // The order in which they come is nothing.
        #expect(RemovalGuard(removing: ids, from: members.reversed()).obstacles.map(\.message) == messages)
    }

    @Test func theErrorIsAConflict() throws {
        let members = try ["x: topic:a | |", "y: | topic:a |"].map(Self.member)
        let error = try #require(RemovalGuard(removing: [CapsuleID("x")], from: members).obstacles.first).error
        #expect(error.code == .conflict)
        #expect((error.cause as? RemovalObstacle)?.requiredBy.string == "y")
    }

    /// Against the order of loading: what it finds unmet after the removal, and not before, is what is in the way.
    @Test(arguments: 1...60) func itAgreesWithTheOrderOfLoading(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = ["a.b", "a.*", "a.c", "b.c", "*.c", "b"]
        func some() -> [String] {
            (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in
                words.randomElement(using: &random).map { "topic:\($0)" }
            }
        }
        let members = try (0..<6).map { number in
            RemovalGuard.Member(id: try CapsuleID("c\(number)"), provides: some(), requires: some())
        }
        let removed = Set(members.map(\.id).filter { _ in Bool.random(using: &random) })
        func unmet(_ members: [RemovalGuard.Member]) -> Set<String> {
            // Two strangers, so that the order never comes alone; nothing here depends on a cycle being none.
            let strangers = ["s", "t"].map { LoadCandidate(name: $0, provides: [], requires: []) }
            var found: Set<String> = []
            for member in members {
                let others = members.filter { $0.id != member.id }.map {
                    LoadCandidate(name: $0.id.string, provides: $0.provides, requires: [])
                }
                let own = LoadCandidate(name: member.id.string, provides: member.provides, requires: member.requires)
                let order = try? LoadOrder(others + [own] + strangers)
                found.formUnion((order?.unmet ?? []).map { "\($0.name) \($0.requirement)" })
            }
            return found
        }
        let staying = members.filter { !removed.contains($0.id) }
        let expected = unmet(staying).subtracting(unmet(members))
        let obstacles = RemovalGuard(removing: removed, from: members).obstacles
        let found = Set(
            obstacles.compactMap { obstacle -> String? in
                guard case .capability(let capability) = obstacle.need else { return nil }
                return "\(obstacle.requiredBy.string) \(capability)"
            })
        #expect(found == expected)
    }

    @Test func aManifestSaysWhatIsNeeded() throws {
        let manifest = try LifecycleFixture.manifest(
            "1.0.0",
            """
            "tools": [{"name": "run_shell", "description": "d", "inputSchema": {}, "handler": "a.js"}], "requires": ["topic:x"], "dependencies": {"a": "^1.0.0"},
            "peerDependencies": {"b": "^1.0.0"}, "optionalDependencies": {"c": "^1.0.0"},
            "devDependencies": {"d": "^1.0.0"}
            """)
        let member = RemovalGuard.Member(manifest)
        #expect(member.provides == ["tool:run_shell"])
        #expect(member.requires == ["topic:x"])
        #expect(member.dependencies.map(\.string).sorted() == ["a", "b"])
    }
}
