import TestSupport
import Testing

@testable import Versions

/// Locked versions stay unless they cannot.
@Suite struct MinimalChangeTests {
    private func registry() throws -> Registry {
        try Registry([
            "a 1.0.0": ["b ^1.0.0"], "a 1.1.0": ["b ^1.0.0"], "a 2.0.0": ["b ^2.0.0"], "b 1.0.0": [], "b 1.1.0": [],
            "b 2.0.0": [], "c 1.0.0": [], "c 1.1.0": [], "d 1.0.0": ["b ^1.1.0"], "e 1.0.0": ["b >=2.0.0"],
        ])
    }

    private let locked = ["a 1.0.0", "b 1.0.0", "c 1.0.0"]

    @Test func nothingMovesWithoutNeed() throws {
        let same = try registry().resolution(Registry.request(["a *", "c *"], locked: locked))
        #expect(same?.packages.map { $0.candidate.version.text } == ["1.0.0", "1.0.0", "1.0.0"])
        #expect(same?.moves.isEmpty == true)
    }

    @Test func onlyWhatMustMoveMovesAndTheReasonIsGiven() throws {
        let resolution = try #require(
            try registry().resolution(Registry.request(["a *", "c *", "d *"], locked: locked)))
        #expect(
            resolution.packages.map { "\($0.name) \($0.candidate.version)" } == [
                "a 1.0.0", "b 1.1.0", "c 1.0.0", "d 1.0.0",
            ])
        let move = try #require(resolution.moves.first)
        #expect(resolution.moves.count == 1)
        #expect("\(move.name) \(move.from.version) \(move.to?.version.text ?? "-")" == "b 1.0.0 1.1.0")
        #expect(move.reasons.first?.description == "every d needs b ^1.1.0")
        #expect(!move.isDowngrade)
    }

    @Test func oneMoveThatForcesAnother() throws {
        let resolution = try #require(
            try registry().resolution(Registry.request(["a *", "c *", "e *"], locked: locked)))
        #expect(resolution.moves.map { "\($0.name) \($0.to?.version.text ?? "-")" } == ["a 2.0.0", "b 2.0.0"])
        #expect(resolution.moves.allSatisfy { !$0.reasons.isEmpty })
        #expect(resolution.version(of: PackageName("c")) == SemanticVersion(1, 0, 0))
    }

    @Test func updateUnlocksOnlyWhatIsNamed() throws {
        let registry = try registry()
        func solve(_ update: ResolutionRequest.Update) throws -> [String] {
            try registry.solve(Registry.request(["a *", "c *"], locked: locked, update: update))
        }
        #expect(try solve(.packages([PackageName("a")])) == ["a 1.1.0", "b 1.0.0", "c 1.0.0"])
        #expect(try solve(.packages([PackageName("b")])) == ["a 1.0.0", "b 1.1.0", "c 1.0.0"])
        #expect(try solve(.packages([PackageName("a"), PackageName("b")])) == ["a 2.0.0", "b 2.0.0", "c 1.0.0"])
        #expect(try solve(.everything) == ["a 2.0.0", "b 2.0.0", "c 1.1.0"])
    }

    @Test func frozenConflictsNameTheLock() throws {
        let request = try Registry.request(["a *", "d *"], locked: locked, update: .frozen)
        let conflict = try #require(try registry().conflict(request))
        #expect(
            conflict.lines == [
                "no versions fit together", "the workspace requires any version of d",
                "b is locked at 1.0.0, which leaves b 1.0.0",
                "every d needs b ^1.1.0, which leaves no d",
                "try: let b move: 1.1.0 would do",
            ])
    }

    /// No locked package that moved could have stayed with all others that stayed.
    @Test func movesAreAsFewAsCanBe() throws {
        var moved = 0
        for seed in 0..<120 as Range<UInt64> {
            let small = SmallGraph(seed: seed, packages: 7, versions: 2...5, needs: 0...2, kinds: [.required])
            var random = SeededGenerator(seed: seed)
            var locked: [PackageName: Candidate] = [:]
            for name in small.needs.keys.sorted() {
                let ordinal = Int.random(in: 0..<(small.needs[name]?.count ?? 1), using: &random)
                locked[name] = Candidate(SemanticVersion(UInt64(ordinal), 0, 0))
            }
            let request = ResolutionRequest(small.request.requirements, locked: locked)
            let resolver = Resolver(Catalogue(small.graph))
            guard case .resolved(let resolution) = try resolver.resolve(request) else { continue }
            #expect(small.isSolution(resolution.ordinals))
            for package in resolution.packages where package.candidate != locked[package.name] {
                #expect(resolution.moves.contains { $0.name == package.name }, "\(seed) \(package.name)")
            }
            let names = Set(resolution.moves.map(\.name))
            for move in resolution.moves {
                moved += 1
                #expect(move.to != locked[move.name])
                var fewer = request
                fewer.locked = locked.filter { !names.contains($0.key) || $0.key == move.name }
                fewer.update = .frozen
                guard case .conflict = try resolver.resolve(fewer) else {
                    Issue.record("\(seed): \(move.name) could have stayed")
                    continue
                }
            }
        }
        #expect(moved > 20)
    }
}
