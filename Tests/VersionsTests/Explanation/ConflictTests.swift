import Testing

@testable import Versions

/// Reports, word for word.
@Suite struct ConflictTests {
    @Test func theMenuOfThePubGrubAnnouncement() throws {
        let registry = try Registry([
            "menu 1.0.0": ["dropdown ^1.8.0"], "menu 1.1.0": ["dropdown ^2.0.0"], "menu 1.2.0": ["dropdown ^2.0.0"],
            "dropdown 1.8.0": ["intl ^3.0.0"], "dropdown 2.0.0": ["icons ^2.0.0"], "dropdown 2.1.0": ["icons ^2.0.0"],
            "icons 1.0.0": [], "icons 2.0.0": [], "intl 3.0.0": [], "intl 4.0.0": [], "intl 5.0.0": [],
        ])
        let conflict = try #require(
            try registry.conflict(Registry.request(["menu ^1.0.0", "icons ^1.0.0", "intl ^5.0.0"])))
        #expect(
            conflict.lines == [
                "no versions fit together",
                "the workspace requires icons ^1.0.0, which leaves icons 1.0.0",
                "the workspace requires intl ^5.0.0, which leaves intl 5.0.0",
                "the workspace requires menu ^1.0.0",
                "dropdown 2.0.0 to 2.1.0 needs icons ^2.0.0, which leaves dropdown 1.8.0",
                "dropdown 1.8.0 needs intl ^3.0.0, which leaves no dropdown",
                "every menu needs dropdown ^1.8.0 or ^2.0.0, which leaves no menu",
                "try: require another version of icons than ^1.0.0: 2.0.0 would do",
                "try: require another version of intl than ^5.0.0: 3.0.0 would do",
            ])
        #expect(conflict.isMinimal)
        #expect(conflict.facts.count == 7)
        #expect(conflict.steps.count == 6)
    }

    /// Three that want one of two places each: whatever is left out, the solver has to try before it knows.
    @Test(arguments: [(2_000, true), (1, false)]) func whatWasNotFoundOutIsNotCalledMinimal(
        conflicts: Int, isMinimal: Bool
    ) throws {
        var graph = PackageGraph()
        for guest in 1...3 {
            for place in 1...2 {
                graph.add(
                    PackageName("guest\(guest)"), Candidate(SemanticVersion(UInt64(place), 0, 0)),
                    [try Registry.requirement("place\(place) =\(guest).0.0")])
            }
        }
        for place in 1...2 {
            for guest in 1...3 {
                graph.add(PackageName("place\(place)"), Candidate(SemanticVersion(UInt64(guest), 0, 0)))
            }
        }
        let resolver = Resolver(Catalogue(graph))
        let request = try Registry.request(["guest1 *", "guest2 *", "guest3 *"])
        guard case .conflict(let contradiction) = try resolver.resolve(request) else {
            Issue.record("it has a solution")
            return
        }
        var core = Core(
            resolver.catalogue, facts: contradiction.facts, givens: contradiction.givens, conflicts: conflicts)
        try core.minimize()
        #expect(core.isMinimal == isMinimal)
        #expect(try core.hasSolution(core.facts, core.givens) == (isMinimal ? false : nil))
    }

    @Test(arguments: [
        (["a ^2.0.0"], "the workspace requires a ^2.0.0, but the highest version of a is 1.2.0"),
        (["nothing *"], "the workspace requires any version of nothing, but nothing is not known"),
        (["a =1.0.0", "a =1.2.0"], "the workspace requires a =1.2.0, which leaves no a"),
    ])
    func oneRequirement(roots: [String], line: String) throws {
        let registry = try Registry(["a 1.0.0": [], "a 1.1.0": [], "a 1.2.0": []])
        let lines = try registry.solve(Registry.request(roots))
        #expect(lines.contains(line), "\(lines)")
    }

    @Test func whatOneVersionAsksTwiceMustBothHold() throws {
        let registry = try Registry(["a 1.0.0": ["b ^1.0.0", "b ^2.0.0"], "b 1.0.0": [], "b 2.0.0": []])
        #expect(
            try registry.solve(Registry.request(["a *"])) == [
                "no versions fit together", "the workspace requires any version of a",
                "every a needs b ^1.0.0 and ^2.0.0, which leaves no a",
            ])
    }

    @Test func placesAreNamed() throws {
        let registry = try Registry(["a 1.0.0": []])
        let root = RootRequirement(try Registry.requirement("a ^2.0.0"), place: "amx.json:12")
        let lines = try registry.solve(ResolutionRequest([root]))
        #expect(lines[1] == "the workspace requires a ^2.0.0 (amx.json:12), but the highest version of a is 1.0.0")
    }

    @Test(arguments: [
        ([0, 1, 2, 3, 4, 5], "1.0.0 to 3.0.0", true), ([1], "1.1.0", false), ([0, 1, 3], "1.0.0 to 2.0.0", false),
        ([0, 3], "1.0.0, 2.0.0", false), ([2], "2.0.0-rc.1", false), ([], "no version", false),
        ([1, 2, 5], "1.1.0 to 2.0.0-rc.1, 3.0.0", false),
    ])
    func runs(ordinals: [Int], text: String, isAll: Bool) throws {
        let list = CandidateList(
            try ["1.0.0", "1.1.0", "2.0.0-rc.1", "2.0.0", "2.1.0", "3.0.0"]
                .map { Candidate(try SemanticVersion(parsing: $0)) })
        var set = CandidateSet(capacity: list.count)
        for ordinal in ordinals { set.insert(ordinal) }
        let runs = VersionRuns(set, of: list)
        #expect(runs.description == text)
        #expect(runs.isAll == isAll)
    }

    @Test func manyRunsAreCutShort() {
        let list = CandidateList((0..<40).map { Candidate(SemanticVersion($0, 0, 0)) })
        var set = CandidateSet(capacity: 40)
        for ordinal in stride(from: 0, to: 20, by: 2) { set.insert(ordinal) }
        #expect(VersionRuns(set, of: list).description == "0.0.0, 2.0.0, 4.0.0, 6.0.0 and 6 more ranges")
    }
}
