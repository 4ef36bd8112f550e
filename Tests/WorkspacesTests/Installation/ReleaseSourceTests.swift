import Capsules
import Objects
import Testing
import Versions

@testable import Workspaces

/// Which place answers a requirement: one, and no other is even asked.
@Suite struct ReleaseSourceTests {
    private let remotes = ["origin": "acme", "private": "secret"]
    private let table: [String: [String: [String]]] = [
        "acme": ["tools 9.0.0": [], "engine 9.0.0": [], "shop 1.0.0": ["tools ^9.0.0"], "extra 9.0.0": []],
        "secret": [
            "tools 1.0.0": ["engine ^1.0.0"], "engine 1.0.0": [], "desk 1.0.0": ["other/engine ^3.0.0"],
        ],
        "other": ["engine 3.0.0": [], "tools 3.0.0": []],
    ]

    @Test func theRemoteThatIsNamedAnswersAndWhatItsCapsulesRequireComesFromThereToo() throws {
        let places = try TablePlaces(table, remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("tools >=1.0.0", remote: "private")
        #expect(
            try fixture.locked(places) == ["engine 1.0.0 hub/secret < tools", "tools 1.0.0 hub/secret < workspace"])
        #expect(places["acme"].asked == [] && places["other"].asked == [])
    }

    @Test func withoutARemoteTheDefaultOneAnswersAndTheLockCallsItTheWorkspaces() throws {
        let places = try TablePlaces(table, remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("shop ^1.0.0")
        #expect(try fixture.locked(places) == ["shop 1.0.0 workspace < workspace", "tools 9.0.0 workspace < shop"])
        #expect(places["secret"].asked == [] && places["other"].asked == [])
    }

    @Test func ownersArePinned() throws {
        let places = try TablePlaces(table, remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("other/tools >=1.0.0")
        try fixture.require("desk ^1.0.0", remote: "private")
        #expect(
            try fixture.locked(places) == [
                "desk 1.0.0 hub/secret < workspace", "engine 3.0.0 hub/other < desk",
                "tools 3.0.0 hub/other < workspace",
            ])
        #expect(places["acme"].asked == [] && places["secret"].asked == ["desk"])
    }

    @Test func whatTheWorkspaceSaysOfAnIDHoldsForThoseWhoRequireItToo() throws {
        let places = try TablePlaces(
            ["acme": ["shop 1.0.0": ["tools >=1.0.0"], "tools 9.0.0": []], "secret": ["tools 1.0.0": []]],
            remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("shop ^1.0.0")
        try fixture.require("tools >=1.0.0", remote: "private")
        #expect(
            try fixture.locked(places) == [
                "shop 1.0.0 workspace < workspace", "tools 1.0.0 hub/secret < shop workspace",
            ])
        #expect(places["acme"].asked == ["shop"])
    }

    /// The public hub has the very capsule, in a higher version: dependency confusion. It is never asked.
    @Test func aPublicPlaceNeverAnswersForAPrivateRequirement() throws {
        let places = try TablePlaces(table, remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("extra >=1.0.0", remote: "private")
        let error = try fixture.error(places)
        #expect(error.code == .denied && error.message.contains("extra"), "\(error)")
        #expect(
            error.hint
                == "extra may come from hub/secret only, which has nothing that fits >=1.0.0; no other place was asked")
        #expect(places["acme"].asked == [] && places["secret"].asked == ["extra"])
    }

    /// The status depends on what is required and on what the places have, and not on who else was asked on the way.
    @Test(arguments: [
        ([], AmxError.Code.denied), (["aisle ^1.0.0"], .denied), (["shop ^9.0.0"], .denied), (["shop ^1.0.0"], .denied),
    ]) func aPlaceThatIsNamedAndHasNothingDeniesWhateverElseIsRequired(_ others: [String], _ code: AmxError.Code) throws
    {
        let places = try TablePlaces(
            [
                "acme": ["aisle 1.0.0": ["extra >=1.0.0"], "shop 1.0.0": [], "extra 9.0.0": []],
                "secret": ["extra 0.5.0": []],
            ], remotes: remotes)
        for remote in [nil, "private"] {
            var fixture = try PlannerFixture()
            for other in others { try fixture.require(other) }
            try fixture.require("extra >=9.9.0", remote: remote)
            // Without a place it is only a version that there is not.
            #expect(try fixture.error(places).code == (remote == nil ? .conflict : code), "\(others)")
        }
    }

    /// Whoever runs a place can require what they like: how much is looked at is bounded.
    @Test func whatAPlaceMakesUsLookAtIsBounded() throws {
        var table: [String: [String]] = ["seed 1.0.0": ["a0 ^1.0.0"]]
        for number in 0..<50 { table["a\(number) 1.0.0"] = ["a\(number + 1) ^1.0.0"] }
        for number in 1..<200 { table["a3 1.0.\(number)"] = [] }
        let places = try TablePlaces(["acme": table], remotes: remotes)
        var limits = Limits()
        (limits.resolutionCapsules, limits.resolutionReleases) = (20, 1_000)
        for (name, value) in [("resolutionCapsules", 20), ("resolutionReleases", 100)] {
            var fixture = try PlannerFixture()
            if name == "resolutionReleases" { (limits.resolutionCapsules, limits.resolutionReleases) = (1_000, value) }
            fixture.limits = limits
            try fixture.require(name == "resolutionReleases" ? "a3 ^1.0.0" : "a10 ^1.0.0")
            let error = try fixture.error(places)
            #expect(error.code == .failure && error.message.hasSuffix("the limit '\(name)' is \(value)"), "\(error)")
            #expect(error.hint?.contains("limits.\(name)") == true)
        }
    }

    /// A place that answers each capsule with a new requirement is asked for so many only, one after the other; a wide one is no line.
    @Test func aLineWithoutAnEndIsCutOff() throws {
        var table: [String: [String]] = ["wide 1.0.0": (0..<40).map { "w\($0) ^1.0.0" }]
        for number in 0..<40 { table["w\(number) 1.0.0"] = [] }
        for number in 0..<60 { table["a\(number) 1.0.0"] = ["a\(number + 1) ^1.0.0"] }
        for number in 0...20 { table["b\(number) 1.0.0"] = number < 20 ? ["b\(number + 1) ^1.0.0"] : [] }
        let places = try TablePlaces(["acme": table], remotes: remotes)
        var fixture = try PlannerFixture()
        fixture.limits.resolutionDepth = 20
        try fixture.require("wide ^1.0.0")
        try fixture.require("b0 ^1.0.0")
        #expect(try fixture.plan(places).steps.count == 41 + 21)
        try fixture.require("a0 ^1.0.0")
        let error = try fixture.error(places)
        #expect(error.code == .failure && error.message.hasSuffix("the limit 'resolutionDepth' is 20"), "\(error)")
        #expect(error.hint?.contains("limits.resolutionDepth") == true)
        #expect(places["acme"].asked.contains("a20") && !places["acme"].asked.contains("a21"))
    }

    /// Two ways to one capsule from two places, and only the public one has it.
    @Test func anAnswerFromElsewhereIsDenied() throws {
        let places = try TablePlaces(
            [
                "acme": ["aisle 1.0.0": ["engine ^1.0.0"], "engine 1.0.0": []],
                "secret": ["desk 1.0.0": ["engine ^1.0.0"]],
            ], remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("aisle ^1.0.0")
        try fixture.require("desk ^1.0.0", remote: "private")
        let error = try fixture.error(places)
        #expect(error.code == .denied, "\(error)")
        #expect(
            error.hint == "engine may come from hub/secret only; hub/acme has it too, and was not asked for it",
            "\(error)")
    }

    /// The place of a capsule turns out only after its candidates were given: the solve is done again.
    @Test func aPlaceThatIsNeededLateCounts() throws {
        // `late` is looked at first from acme, where `first` comes from; then `second`, from the other place, requires it too.
        let places = try TablePlaces(
            [
                "acme": ["first 1.0.0": ["late >=1.0.0"], "late 1.0.0": [], "late 2.0.0": []],
                "secret": ["second 1.0.0": ["late >=1.0.0"], "late 1.5.0": []],
            ], remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("first ^1.0.0")
        try fixture.require("second ^1.0.0", remote: "private")
        // One capsule cannot come from two places, and the report knows both.
        let error = try fixture.error(places)
        #expect(error.code == .conflict || error.code == .denied, "\(error)")
        #expect(error.message.contains("hub/secret") || error.hint?.contains("hub/secret") == true, "\(error)")
    }

    @Test func theSolveIsIncompleteUntilEveryPlaceIsKnown() throws {
        let places = try TablePlaces(table, remotes: remotes)
        let candidates = WorkspaceCandidates(places, developed: [])
        var manifest = WorkspaceManifest(name: try CapsuleID("work"))
        manifest.require(
            try CapsuleID("tools"), owner: nil, try VersionConstraint(parsing: "latest"), .required, remote: nil)
        _ = try candidates.roots(manifest.requirements)
        let name = PackageName("tools")
        #expect(try candidates.candidates(of: name).map(\.source) == ["hub/acme"])
        #expect(candidates.isComplete)
        manifest.require(
            try CapsuleID("tools"), owner: nil, try VersionConstraint(parsing: "latest"), .required,
            remote: "private")
        _ = try candidates.roots(manifest.requirements)
        #expect(!candidates.isComplete)
        candidates.restart()
        #expect(candidates.isComplete)
        #expect(try Set(candidates.candidates(of: name).map(\.source)) == ["hub/acme", "hub/secret"])
        #expect(candidates.isComplete)
    }

    /// The registry of the hub says whose a capsule is; the lock then names that owner.
    @Test func aClaimLeadsToItsOwner() throws {
        let places = try TablePlaces(table, remotes: remotes)
        try places.claim("engine", of: "other", at: "acme")
        var fixture = try PlannerFixture()
        try fixture.require("engine ^3.0.0")
        #expect(try fixture.locked(places) == ["engine 3.0.0 hub/other < workspace"])
        #expect(places["secret"].asked == [])
        // Locked there, it stays there.
        fixture.lock = try fixture.plan(places).lock
        #expect(try fixture.locked(places, .frozen) == ["engine 3.0.0 hub/other < workspace"])
    }

    /// Somebody else has claimed the id of a capsule that its owner has not, or that may not be seen: no answer for who names the owner.
    @Test func aClaimIsNoAnswerWhereAnOwnerIsNamed() throws {
        let places = try TablePlaces(
            ["acme": ["shop 1.0.0": ["secret/engine ^3.0.0"]], "other": ["engine 3.0.0": []]], remotes: remotes)
        try places.claim("engine", of: "other", at: "secret")
        var fixture = try PlannerFixture()
        try fixture.require("secret/engine ^3.0.0")
        #expect(try fixture.error(places).message.contains("engine"))
        try fixture.remove("engine")
        try fixture.require("shop ^1.0.0")
        #expect(try fixture.error(places).message.contains("engine"))
        // Nor for those who require what `amx.json` pins.
        try fixture.require("secret/engine ^3.0.0")
        #expect(try fixture.error(places).message.contains("engine"))
    }

    @Test func aPlaceThatDoesNotAnswerIsAnErrorAndNoAbsence() throws {
        let places = try TablePlaces(table, remotes: remotes)
        places.stop("acme")
        var fixture = try PlannerFixture()
        try fixture.require("extra >=1.0.0", .optional)
        #expect(try fixture.error(places).code == .network)
        #expect(throws: AmxError.self) { try fixture.planner(places).outdated() }
    }
}
