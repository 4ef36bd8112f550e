import Capsules
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// What is chosen, what stays, what moves and why, what goes.
@Suite struct InstallationPlannerTests {
    private let remotes = ["origin": "acme"]
    private let table = [
        "app 1.0.0": ["lib ^1.0.0"], "app 1.1.0": ["lib ^1.0.0"], "app 2.0.0": ["lib ^2.0.0"], "lib 1.0.0": [],
        "lib 1.1.0": ["leaf ^1.0.0"], "lib 2.0.0": [], "leaf 1.0.0": [], "leaf 1.1.0": [], "solo 1.0.0": [],
        "solo 1.1.0": [],
    ]

    private func places(_ more: [String: [String]] = [:]) throws -> TablePlaces {
        try TablePlaces(["acme": table.merging(more) { $1 }], remotes: remotes)
    }

    private func versions(_ plan: InstallationPlan) -> [String] {
        plan.lock.capsules.map { "\($0.id) \($0.version)" }
    }

    private func steps(_ plan: InstallationPlan) -> [String] {
        plan.steps.map { "\($0.id) \($0.old?.version.text ?? "-") to \($0.release.version)" }
    }

    @Test func theHighestComesDependenciesFirst() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        let plan = try fixture.plan(places())
        #expect(steps(plan) == ["leaf - to 1.1.0", "lib - to 1.1.0", "app - to 1.1.0"])
        #expect(plan.steps.map(\.requestedBy) == [["lib"], ["app"], ["workspace"]])
        #expect(plan.installs.count == 3 && plan.updates.isEmpty && plan.departures.isEmpty && plan.moves.isEmpty)
        #expect(plan.estimatedSize == 300)
        let entry = try #require(plan.lock[try CapsuleID("lib")])
        let (_, release) = try TablePlaces.release("lib 1.1.0")
        #expect(entry.commit == release.commit && entry.tree == release.tree && entry.digest == release.digest)
        #expect(entry.line == .tag("v1.1.0") && entry.source == .workspace)
    }

    @Test func whatIsLockedStaysAndAnUpdateMovesWhatIsNamed() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        try fixture.require("solo ^1.0.0")
        try fixture.locking(["app 1.0.0", "lib 1.0.0", "solo 1.0.0"])
        let places = try places()
        #expect(try versions(fixture.plan(places)) == ["app 1.0.0", "lib 1.0.0", "solo 1.0.0"])
        #expect(
            try versions(fixture.plan(places, .packages([PackageName("solo")])))
                == ["app 1.0.0", "lib 1.0.0", "solo 1.1.0"])
        #expect(
            try versions(fixture.plan(places, .packages([PackageName("lib")])))
                == ["app 1.0.0", "leaf 1.1.0", "lib 1.1.0", "solo 1.0.0"])
        let all = try fixture.plan(places, .everything)
        #expect(versions(all) == ["app 1.1.0", "leaf 1.1.0", "lib 1.1.0", "solo 1.1.0"])
        #expect(steps(all) == ["leaf - to 1.1.0", "lib 1.0.0 to 1.1.0", "app 1.0.0 to 1.1.0", "solo 1.0.0 to 1.1.0"])
        #expect(all.installs.map(\.id.string) == ["leaf"] && all.updates.count == 3)
    }

    @Test func whatMustMoveIsNamedWithItsReason() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        try fixture.require("lib ^1.1.0")
        try fixture.locking(["app 1.0.0", "lib 1.0.0"])
        let plan = try fixture.plan(places())
        #expect(versions(plan) == ["app 1.0.0", "leaf 1.1.0", "lib 1.1.0"])
        #expect(plan.moves.map { "\($0.name) \($0.from.version) \($0.to?.version.text ?? "-")" } == ["lib 1.0.0 1.1.0"])
        #expect(
            plan.moves.first?.reasons.first?.description == "the workspace requires lib ^1.1.0 from hub/acme (amx.json)"
        )
    }

    /// A lock of which one statement was edited is refused, whatever else fits: approvals are found by what it says.
    @Test(arguments: ["digest", "tree", "version"]) func aLockThatSaysSomethingElseOfACommitIsRefused(
        _ statement: String
    ) throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        try fixture.locking(["app 1.0.0", "lib 1.0.0"])
        #expect(try versions(fixture.plan(places())) == ["app 1.0.0", "lib 1.0.0"])
        let (_, other) = try TablePlaces.release("lib 1.9.0")
        fixture.lock = WorkspaceLock(
            try fixture.lock.capsules.map { entry in
                guard entry.id.string == "lib" else { return entry }
                return LockedCapsule(
                    id: entry.id, version: statement == "version" ? other.version : entry.version,
                    line: statement == "version" ? .tag(other.name) : entry.line, commit: entry.commit,
                    tree: statement == "tree" ? other.tree : entry.tree,
                    digest: statement == "digest" ? try #require(other.digest) : entry.digest, source: entry.source,
                    requestedBy: entry.requestedBy)
            })
        let only = try TablePlaces(["acme": ["app 1.0.0": ["lib ^1.0.0"], "lib 1.0.0": []]], remotes: remotes)
        let error = try fixture.error(only)
        #expect(error.code == .verification && error.message.contains("has the \(statement) "), "\(error.message)")
    }

    @Test func wantedVersionsComeInPlaceOfTheLocks() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        try fixture.locking(["app 1.1.0", "lib 1.1.0", "leaf 1.1.0"])
        fixture.wanted = [try CapsuleID("lib"): try #require(SemanticVersion("1.0.0"))]
        let plan = try fixture.plan(places())
        #expect(versions(plan) == ["app 1.1.0", "lib 1.0.0"])
        #expect(plan.departures.map(\.id.string) == ["leaf"])
    }

    @Test func whatNothingAsksForGoes() throws {
        var fixture = try PlannerFixture()
        try fixture.require("solo ^1.0.0")
        try fixture.locking(["app 1.1.0", "lib 1.1.0", "leaf 1.1.0", "solo 1.0.0"])
        let plan = try fixture.plan(places())
        #expect(versions(plan) == ["solo 1.0.0"])
        #expect(plan.departures.map(\.id.string) == ["app", "leaf", "lib"])
        try fixture.remove("solo")
        let nothing = try fixture.plan(places())
        #expect(nothing.lock.capsules == [] && nothing.departures.count == 4 && nothing.estimatedSize == 0)
    }

    @Test func whatIsOptionalIsLeftOutWithItsReason() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        try fixture.require("leaf ^2.0.0", .optional)
        try fixture.require("nowhere ^1.0.0", .optional)
        let plan = try fixture.plan(places())
        #expect(versions(plan) == ["app 1.1.0", "leaf 1.1.0", "lib 1.1.0"])
        #expect(plan.dropped.map(\.requirement.package.id).sorted() == ["leaf", "nowhere"])
        #expect(plan.dropped.allSatisfy { !$0.reason.isEmpty && $0.dependent == nil })
        // One that can be met is.
        try fixture.require("solo ^1.0.0", .optional)
        #expect(try versions(fixture.plan(places())).contains("solo 1.1.0"))
    }

    @Test func developmentAndPeerRequirementsCountAtTheRoot() throws {
        let places = try places(["host 1.0.0": ["peer leaf ^1.0.0", "dev solo ^1.0.0"]])
        var fixture = try PlannerFixture()
        try fixture.require("host ^1.0.0", .development)
        // The development requirements of what is installed are none of ours; what it shares, is.
        #expect(try versions(fixture.plan(places)) == ["host 1.0.0", "leaf 1.1.0"])
        try fixture.require("leaf 1.0.0", .peer)
        #expect(try versions(fixture.plan(places)) == ["host 1.0.0", "leaf 1.0.0"])
    }

    @Test func whatIsDevelopedHereAnswersAndIsNeverLookedForElsewhere() throws {
        let places = try places()
        var fixture = try PlannerFixture()
        try fixture.develop("lib", "1.5.0", ["leaf": "1.0.0"], dev: ["solo": "1.0.0"])
        try fixture.require("app ^1.0.0")
        let plan = try fixture.plan(places)
        #expect(versions(plan) == ["app 1.1.0", "leaf 1.0.0", "solo 1.0.0"])
        #expect(plan.lock[try CapsuleID("leaf")]?.requestedBy == ["lib"])
        #expect(!places["acme"].asked.contains("lib"))
        // It must do for whoever requires it.
        try fixture.require("app ^2.0.0")
        let error = try fixture.error(places)
        #expect(error.code == .conflict && error.message.contains("lib"), "\(error)")
    }

    @Test func withdrawnReleasesComeOnlyWhereTheyAreLocked() throws {
        let places = try places(["solo 1.2.0 yanked": [], "gone 1.0.0 yanked": []])
        var fixture = try PlannerFixture()
        try fixture.require("solo ^1.0.0")
        #expect(try versions(fixture.plan(places)) == ["solo 1.1.0"])
        try fixture.locking(["solo 1.2.0"])
        #expect(try versions(fixture.plan(places)) == ["solo 1.2.0"])
        let outdated = try fixture.planner(places).outdated()
        #expect(outdated.map(\.isYanked) == [true] && outdated.first?.latest?.text == "1.1.0")
        try fixture.require("gone ^1.0.0")
        let error = try fixture.error(places)
        #expect(error.code == .conflict && error.message.contains("gone"), "\(error)")
    }

    @Test func aReleaseThatWasReplacedIsRefused() throws {
        var fixture = try PlannerFixture()
        try fixture.require("solo ^1.0.0")
        try fixture.locking(["solo 1.1.0"], salt: "other")
        let error = try fixture.error(places())
        #expect(error.code == .verification && error.message.contains("solo 1.1.0 is commit"), "\(error)")
    }

    @Test func whatStatesNoDigestAndIsNotHereIsRefused() throws {
        var fixture = try PlannerFixture()
        try fixture.require("plain ^1.0.0")
        let error = try fixture.error(places(["plain 1.0.0 bare": []]))
        #expect(error.code == .verification && error.message == "plain 1.0.0 states no digest of its content")
    }

    @Test func whatCannotBeUsedIsPassedOver() throws {
        var fixture = try PlannerFixture()
        try fixture.require("solo ^1.0.0")
        #expect(try versions(fixture.plan(places(["solo 1.3.0 broken": []]))) == ["solo 1.1.0"])
    }

    @Test func whatWorksWithAnotherAmxIsPassedOverUnlessItIsLocked() throws {
        let places = try TablePlaces(
            ["acme": ["app 1.0.0": [], "app 1.1.0 amx=^9.0.0": [], "solo 2.0.0 amx=>=1.0.0": []]], remotes: remotes)
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        fixture.amxVersion = SemanticVersion(9, 1, 0)
        #expect(try versions(fixture.plan(places)) == ["app 1.1.0"])
        fixture.amxVersion = SemanticVersion(1, 0, 0)
        #expect(try versions(fixture.plan(places)) == ["app 1.0.0"])
        try fixture.require("solo ^2.0.0")
        #expect(try versions(fixture.plan(places)) == ["app 1.0.0", "solo 2.0.0"])
        fixture.amxVersion = SemanticVersion(0, 1, 0)
        #expect(
            try fixture.error(places).message.contains(
                "solo 2.0.0 cannot be used: it works with Amx >=1.0.0, and this is 0.1.0"))
        try fixture.remove("solo")
        // What others have locked does not move for it, and cannot be brought; by name it goes where it can.
        try fixture.locking(["app 1.1.0"])
        for update in [ResolutionRequest.Update.nothing, .frozen, .everything] {
            let error = try fixture.error(places, update)
            #expect(error.code == .conflict)
            #expect(
                error.message
                    == "cannot install app 1.1.0: Platform version 0.1.0 incompatible with required ^9.0.0")
        }
        #expect(try versions(fixture.plan(places, .packages([PackageName("app")]))) == ["app 1.0.0"])
    }

    /// `latest` is the highest that the place has which alone may answer; a pre-release and what was withdrawn are none.
    @Test func theLatestIsThatOfItsPlace() throws {
        let places = try TablePlaces(
            [
                "acme": ["tools 9.0.0": []],
                "secret": ["tools 1.0.0": [], "tools 1.2.0": [], "tools 1.3.0 yanked": [], "tools 2.0.0-rc.1": []],
                "other": ["engine 3.0.0": [], "engine 3.1.0": [], "desk 1.0.0": ["tools latest"]],
            ], remotes: ["origin": "acme", "private": "secret"])
        try places.claim("engine", of: "other", at: "secret")
        var fixture = try PlannerFixture()
        try fixture.require("tools latest", remote: "private")
        try fixture.require("engine latest", remote: "private")
        #expect(
            try fixture.locked(places) == [
                "engine 3.1.0 hub/other < workspace", "tools 1.2.0 hub/secret < workspace",
            ])
        #expect(places["acme"].asked == [])
        // Who else asks for the latest gets the same one.
        try fixture.require("other/desk latest")
        #expect(try fixture.locked(places).contains("tools 1.2.0 hub/secret < desk workspace"))
        #expect(places["acme"].asked == [])
        // The owner's own has no engine: what its registry says of another is no answer.
        try fixture.require("secret/engine latest")
        #expect(try fixture.error(places).message.contains("engine"))
    }

    /// Entries in lanes are others' business: kept as they are, whatever is chosen beside them.
    @Test func lanesAreKept() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        try fixture.locking(["app 1.0.0", "lib 1.0.0", "solo 1.0.0"])
        let lanes = fixture.lock.capsules.flatMap { entry in
            ["next", "old"].map { lane in
                LockedCapsule(
                    id: entry.id, lane: lane, version: SemanticVersion(7, 0, 0), line: .tag("v7.0.0"),
                    commit: entry.commit, tree: entry.tree, digest: entry.digest, source: entry.source,
                    requestedBy: ["somebody"])
            }
        }
        fixture.lock = WorkspaceLock(fixture.lock.capsules + lanes)
        let again = try WorkspaceLock.parse(fixture.lock.encoded)
        #expect(again == fixture.lock && again.capsules.count == 9)
        #expect(try again[CapsuleID("app")]?.version == SemanticVersion(1, 0, 0))
        for update in [ResolutionRequest.Update.nothing, .everything] {
            let plan = try fixture.plan(places(), update)
            #expect(plan.lock.capsules.filter { $0.lane != nil } == WorkspaceLock(lanes).capsules)
            #expect(plan.steps.allSatisfy { $0.release.version != SemanticVersion(7, 0, 0) })
            #expect(plan.departures.map { "\($0.id) \($0.version)" } == ["solo 1.0.0"])
            let out = plan.forcing(out: [try CapsuleID("lib")], of: fixture.lock)
            #expect(out.lock.capsules.filter { $0.lane != nil }.count == 6 && out.departures.map(\.lane) == [nil, nil])
        }
        // Only in a lane is not here.
        fixture.lock = WorkspaceLock(lanes.filter { $0.id.string == "solo" })
        #expect(try fixture.lock[CapsuleID("solo")] == nil)
        #expect(try fixture.plan(places()).departures.isEmpty)
    }

    @Test func aConflictSaysOfWhatKindItIs() throws {
        func kinds(
            _ table: [String: [String]], _ requirements: [String], locked: [String] = []
        ) throws -> [InstallationConflict.Kind] {
            var fixture = try PlannerFixture()
            for text in requirements { try fixture.require(text) }
            try fixture.locking(locked)
            let places = try TablePlaces(["acme": table], remotes: remotes)
            let conflict = try #require(throws: InstallationConflict.self) {
                try fixture.plan(places, locked.isEmpty ? .nothing : .frozen)
            }
            #expect(conflict.details["kinds"] == .strings(conflict.kinds.map(\.rawValue)))
            #expect(conflict.details["facts"]?.array?.count == conflict.conflict.facts.count)
            return conflict.kinds
        }
        let chain = ["app 1.0.0": ["lib ^1.0.0"], "lib 1.0.0": [], "lib 2.0.0": []]
        #expect(try kinds(chain, ["app ^1.0.0", "lib ^2.0.0"]) == [.disjointRequirements])
        #expect(try kinds(chain, ["lib ^2.0.0"], locked: ["lib 1.0.0"]) == [.installedVersion])
        #expect(try kinds(chain, ["lib ^3.0.0"]) == [.noSuchVersion])
        #expect(try kinds(["app 1.0.0": ["peer lib ^1.0.0"]], ["app ^1.0.0"]) == [.missingPeer])
        #expect(try kinds(["app 1.0.0 broken": []], ["app ^1.0.0"]) == [.unusable])
    }

    @Test func circlesAreNamed() throws {
        let places = try places(["x 1.0.0": ["y ^1.0.0"], "y 1.2.0": ["z ^1.0.0"], "z 1.0.0": ["x ^1.0.0"]])
        var fixture = try PlannerFixture()
        try fixture.require("y ^1.0.0")
        let error = try fixture.error(places)
        #expect(error.code == .failure && error.message == "Circular dependency detected: x@1.0.0")
        #expect(
            error.hint
                == "x@1.0.0 requires y@1.2.0 requires z@1.0.0 requires x@1.0.0: one of them has to do without the other"
        )
    }

    @Test func aFrozenLockThatDoesNotDoIsAConflict() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.1.0")
        try fixture.locking(["app 1.0.0", "lib 1.0.0"])
        #expect(throws: InstallationConflict.self) { try fixture.plan(places(), .frozen) }
        #expect(try versions(fixture.plan(places())) == ["app 1.1.0", "lib 1.0.0"])
    }

    @Test func outdatedSaysWhatIsAllowedAndWhatThereIs() throws {
        var fixture = try PlannerFixture()
        try fixture.require("app ^1.0.0")
        try fixture.require("solo ^1.0.0")
        try fixture.locking(["app 1.0.0", "lib 1.0.0", "solo 1.1.0"])
        let outdated = try fixture.planner(places(["app 3.0.0-rc.1": []])).outdated()
        #expect(
            outdated.map { "\($0.id) \($0.version) \($0.allowed?.text ?? "-") \($0.latest?.text ?? "-")" }
                == ["app 1.0.0 1.1.0 2.0.0", "lib 1.0.0 1.1.0 2.0.0"])
    }

    /// The order in which a table is listed, and in which requirements stand, says nothing.
    @Test func theSameComesOutOfAnyOrder() throws {
        var random = SeededGenerator(seed: 4)
        var texts: Set<[String]> = []
        for _ in 0..<12 {
            let places = try TablePlaces(
                ["acme": Dictionary(table.shuffled(using: &random), uniquingKeysWith: { $1 })], remotes: remotes)
            var fixture = try PlannerFixture()
            for text in ["app >=1.0.0", "lib >=1.0.0", "solo >=1.0.0", "leaf 1.0.0"].shuffled(using: &random) {
                try fixture.require(text)
            }
            let plan = try fixture.plan(places)
            texts.insert(steps(plan) + [String(decoding: plan.lock.encoded, as: UTF8.self)])
        }
        #expect(texts.count == 1)
    }
}
