import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// Operations are carried out whole, or not at all, and can be taken back.
@Suite struct OperationTests {
    private let fixture: OperationFixture
    private var workspace: Workspace { fixture.workspace }

    init() throws {
        fixture = try OperationFixture()
        for id in ["a", "b", "c"] { try fixture.bring(id) }
    }

    @Test func comesMovesGoesAndIsTakenBack() throws {
        let result = try fixture.perform(fixture.operation(.add, ["a 1.0.0", "b 1.0.0"], requires: ["a"]))
        #expect(result.changes.map { "\($0.id) \($0.old?.version.text ?? "-")" } == ["a -", "b -"])
        #expect(result.changesAnything && result.operation != nil)
        let first = try fixture.state()
        try fixture.perform(fixture.operation(.update, ["b 2.0.0", "c 1.0.0"], requires: ["b", "c"]))
        let second = try fixture.state()
        let record = try fixture.record()
        #expect(
            record == [
                "installed a 1.0.0", "installed b 1.0.0", "soft_removed a 1.0.0", "updated b 2.0.0",
                "installed c 1.0.0",
                "amx update: 3", "amx add: 2",
            ])
        try fixture.undo()
        #expect(try fixture.state() == first)
        try fixture.undo()
        #expect(try fixture.state() == second)
        try fixture.check()
    }

    /// A fetch holds no mark in the workspace: what a killed one has left goes with the next operation on its capsule.
    @Test func whatAKilledFetchHasLeftGoes() throws {
        try fixture.perform(fixture.operation(.add, ["a 1.0.0", "b 1.0.0"], requires: ["a"]))
        let objects = "\(workspace.repositoryPath(try CapsuleID("b")))/objects"
        try FileManager.default.createDirectory(atPath: "\(objects)/incoming-a1", withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: "\(objects)/incoming-a1/lock"))
        let running = try Quarantine(in: objects)
        try fixture.perform(fixture.operation(.update, ["b 2.0.0", "c 1.0.0"], requires: ["b", "c"]))
        let left = try FileManager.default.contentsOfDirectory(atPath: objects).filter { $0.hasPrefix("incoming-") }
        #expect(left.map { "\(objects)/\($0)" } == [running.path])
    }

    @Test func theFirstOperationTakenBackLeavesNoLock() throws {
        let before = try fixture.state()
        #expect(before[1] == "none")
        try fixture.perform(fixture.operation(.add, ["c 1.0.0"], requires: ["c"]))
        let after = try fixture.state()
        try fixture.undo()
        #expect(try fixture.state() == before)
        // The repository waits, in case it is wanted again.
        #expect(workspace.heldPlace(try CapsuleID("c")) == .removed)
        try fixture.undo()
        #expect(try fixture.state() == after)
        try fixture.check()
    }

    /// Entries in lanes go through every operation, its undo and a commit as they are; nothing of them is brought out.
    @Test func lanesAreKept() throws {
        try fixture.perform(fixture.operation(.add, ["a 1.0.0", "b 1.0.0"], requires: ["a"]))
        let lanes = try fixture.lock(["b 2.0.0", "c 1.0.0"]).capsules.map { entry in
            LockedCapsule(
                id: entry.id, lane: "next", version: entry.version, line: entry.line, commit: entry.commit,
                tree: entry.tree, digest: entry.digest, source: entry.source, requestedBy: entry.requestedBy)
        }
        func found() throws -> [LockedCapsule] { try workspace.lock()?.capsules.filter { $0.lane != nil } ?? [] }
        let lock = WorkspaceLock(try #require(try workspace.lock()).capsules + lanes)
        try AtomicFile.write(lock.encoded, to: workspace.workspaceLockPath)
        let before = try fixture.state()
        for releases in [["a 1.0.0", "b 2.0.0"], ["b 2.0.0"], ["b 1.0.0", "c 1.0.0"]] {
            var operation = try fixture.operation(.update, releases)
            operation.lock = WorkspaceLock(operation.lock.capsules + lanes)
            try fixture.perform(operation)
            #expect(try found() == WorkspaceLock(lanes).capsules, "\(releases)")
            let text = try workspace.lock()?.capsules.filter { $0.lane == nil }.map { "\($0.id) \($0.version)" }
            #expect(text == releases)
            try fixture.undo()
            #expect(try found() == WorkspaceLock(lanes).capsules, "\(releases)")
        }
        #expect(try fixture.state() == before)
        let developed = try fixture.base.new("own")
        _ = try workspace.write { () throws(AmxError) in
            try workspace.commit([developed], files: workspace.files(), message: "Own", identity: fixture.base.identity)
        }
        #expect(try found() == WorkspaceLock(lanes).capsules)
        #expect(try workspace.lock()?.capsules.count == 5)
        try fixture.check()
    }

    @Test func nothingToDoLeavesNoTrace() throws {
        try fixture.perform(fixture.operation(.add, ["c 1.0.0"], requires: ["c"]))
        let record = try fixture.record()
        let result = try fixture.perform(fixture.operation(.install, ["c 1.0.0"], requires: ["c"]))
        #expect(result.changes == [] && result.operation == nil && !result.changesAnything)
        #expect(try fixture.record() == record)
    }

    @Test(arguments: ["amx.json", "amx.lock"])
    func aDocumentThatChangedMeanwhileIsAConflict(_ file: String) throws {
        try fixture.perform(fixture.operation(.add, ["b 1.0.0"], requires: ["b"]))
        let operation = try fixture.operation(.update, ["b 2.0.0"], requires: ["b"])
        let path = "\(workspace.root)/\(file)"
        let bytes = try #require(try FileContent.read(path))
        try AtomicFile.write(bytes + [0x0A], to: path)
        let before = try fixture.state()
        let error = #expect(throws: AmxError.self) { try fixture.perform(operation) }
        #expect(error?.code == .conflict && error?.message == "\(file) was changed meanwhile")
        #expect(try fixture.state() == before)
        try fixture.check()
    }

    @Test func changesThatAreNotCommittedAreKept() throws {
        try fixture.perform(fixture.operation(.add, ["b 1.0.0", "c 1.0.0"], requires: ["b", "c"]))
        let id = try CapsuleID("b")
        _ = try workspace.write { () throws(AmxError) in try workspace.capsule(id).edit() }
        try fixture.base.folder.write("knowledge/capsules/b/knowledge/version.md", text: "mine\n")
        let (state, record) = (try fixture.state(), try fixture.record())
        for releases in [["b 2.0.0", "c 1.0.0"], ["c 1.0.0"]] {
            let operation = try fixture.operation(.update, releases, requires: ["c"])
            let error = #expect(throws: AmxError.self) { try fixture.perform(operation) }
            #expect(error?.code == .conflict && error?.message.contains("b") == true, "\(releases)")
            #expect(try fixture.state() == state && fixture.record() == record)
        }
        // What has nothing to do with it goes on.
        try fixture.perform(fixture.operation(.remove, ["b 1.0.0"], requires: ["b"]))
        #expect(workspace.heldPlace(try CapsuleID("c")) == .removed)
        try fixture.check()
    }

    @Test func aReleaseThatIsNotHereIsMissing() throws {
        try fixture.release("c 3.0.0")
        let state = try fixture.state()
        let operation = try fixture.operation(.add, ["b 1.0.0", "c 3.0.0"], requires: ["c"])
        let error = #expect(throws: AmxError.self) { try fixture.perform(operation) }
        #expect(error?.code == .notFound && error?.message == "the release 3.0.0 of c is not here")
        #expect(try fixture.state() == state)
        try fixture.check()
    }

    /// The lock's digest is what counts, whatever the objects say.
    @Test func contentThatIsNotWhatTheLockSaysIsRefused() throws {
        var operation = try fixture.operation(.add, ["c 1.0.0"], requires: ["c"])
        let entry = try #require(operation.lock.capsules.first)
        operation.lock = WorkspaceLock([
            LockedCapsule(
                id: entry.id, version: entry.version, line: entry.line, commit: entry.commit, tree: entry.tree,
                digest: LifecycleFixture.digest("other"), source: entry.source, requestedBy: entry.requestedBy)
        ])
        let state = try fixture.state()
        let error = #expect(throws: AmxError.self) { try fixture.perform(operation) }
        #expect(error?.code == .verification)
        #expect(try fixture.state() == state)
        try fixture.check()
    }

    /// A form that cannot be written: an object of what comes is damaged.
    @Test func aFailureInTheMiddleTakesEverythingBack() throws {
        try fixture.perform(fixture.operation(.add, ["a 1.0.0", "b 1.0.0"], requires: ["a", "b"]))
        let (state, record) = (try fixture.state(), try fixture.record())
        // Where the old lock is put aside, and where the repository of what goes is put, stands something else.
        try fixture.base.folder.write(".aimatrix/removed", text: "a file where a folder is needed\n")
        let operation = try fixture.operation(.update, ["b 2.0.0", "c 1.0.0"], requires: ["b", "c"])
        #expect(throws: AmxError.self) { try fixture.perform(operation) }
        try FileManager.default.removeItem(atPath: workspace.directory(of: .removed))
        #expect(try fixture.state() == state && fixture.record() == record)
        try fixture.check()
        // Nothing is in the way of the next try.
        try fixture.perform(fixture.operation(.update, ["b 2.0.0", "c 1.0.0"], requires: ["b", "c"]))
        #expect(workspace.heldPlace(try CapsuleID("a")) == .removed)
        try fixture.check()
    }

    /// What the lock says already, since somebody else has written it, comes out when it is asked for, and by nothing else.
    @Test func aLockFromElsewhereIsCarriedOut() throws {
        try fixture.perform(fixture.operation(.add, ["b 1.0.0"], requires: ["b"]))
        try AtomicFile.write(try fixture.lock(["b 2.0.0", "c 1.0.0"]).encoded, to: workspace.workspaceLockPath)
        var other = try WorkspaceOperation(.configure, ["b", "x=1"], in: workspace)
        let id = try CapsuleID("b")
        other.configurations[id] = ([:], ["x": 1])
        other.events = [WorkspaceOperation.configured(id, from: [:], to: ["x": 1], try workspace.organization())]
        try fixture.perform(other)
        #expect(try workspace.capsule(id).installedRelease()?.version.text == "1.0.0")
        var install = try WorkspaceOperation(.install, in: workspace)
        install.brings = [id, try CapsuleID("c")]
        let result = try fixture.perform(install)
        #expect(result.changes.map { "\($0.id) \($0.old?.version.text ?? "-")" } == ["b 1.0.0", "c -"])
        #expect(!result.changesAnything)
        #expect(try workspace.capsule(id).installedRelease()?.version.text == "2.0.0")
        #expect(try fixture.record().suffix(6).prefix(3) == ["configured b ", "updated b 2.0.0", "installed c 1.0.0"])
        // There is nothing in the documents to take back: what was done before is what undo takes.
        #expect(try OperationLog(workspace).undoable().operation.command == .configure)
        try fixture.check()
    }

    /// The tree of a plan is what a hub's index says, until the commit is here: then it is held against that.
    @Test func aTreeThatIsNotTheCommitsIsRefused() throws {
        let fixture = try OperationFixture()
        try fixture.bring("b")
        let id = try CapsuleID("b")
        let releases = try ReleaseReader(id).releases(in: fixture.source.workspace.repositoryPath(id))
        let (one, two) = (try #require(releases.first), try #require(releases.last))
        func review(tree: ObjectID) throws {
            let said = Release(
                version: two.version, tag: two.tag, commit: two.commit, tree: tree, manifest: two.manifest,
                digest: two.digest, dependencies: two.dependencies)
            let lock = WorkspaceLock(
                try fixture.lock(["b 2.0.0"]).capsules.map { entry in
                    LockedCapsule(
                        id: id, version: entry.version, line: entry.line, commit: entry.commit, tree: tree,
                        digest: entry.digest, source: entry.source, requestedBy: entry.requestedBy)
                })
            let step = InstallationPlan.Step(
                id: id, old: nil, release: said, address: "hub/acme", requestedBy: ["workspace"])
            let plan = InstallationPlan(steps: [step], departures: [], lock: lock, moves: [], dropped: [])
            _ = try InstallationReview(plan, in: fixture.workspace)
        }
        try review(tree: two.tree)
        let error = #expect(throws: AmxError.self) { try review(tree: one.tree) }
        #expect(error?.code == .verification && error?.message.contains("tree") == true, "\(String(describing: error))")
    }

    /// What is brought back is looked up where every other look at releases has left what it read.
    @Test func whatIsBroughtBackIsLookedUpInTheTableOfReleases() throws {
        let lock = try fixture.lock(["b 1.0.0", "c 1.0.0"])
        let tables = try lock.capsules.map { entry in
            workspace.releaseTablePath(entry.id, at: try #require(try workspace.anyRepository(entry.id)).path)
        }
        #expect(!tables.contains(where: Directory.exists))
        #expect(try InstallationReview(restoring: lock, in: workspace).approvals.approvals.count == 2)
        #expect(tables.allSatisfy(Directory.exists))
    }

    /// The lock is only somebody's word: what is recorded as approved is counted, also of what states no digest itself.
    @Test func nothingIsApprovedByADigestThatOnlyTheLockStates() throws {
        try fixture.perform(fixture.operation(.add, ["b 1.0.0", "c 1.0.0"], requires: ["b", "c"]))
        let honest = try fixture.lock(["b 1.0.0", "c 1.0.0"])
        let later = try #require(try fixture.lock(["b 2.0.0"]).capsules.first?.digest)
        let edited = WorkspaceLock(
            honest.capsules.map { entry in
                LockedCapsule(
                    id: entry.id, version: entry.version, line: entry.line, commit: entry.commit, tree: entry.tree,
                    digest: entry.id.string == "b" ? later : entry.digest, source: entry.source,
                    requestedBy: entry.requestedBy)
            })
        func approvals(_ lock: WorkspaceLock) throws -> [Approval] {
            let plan = InstallationPlan(steps: [], departures: [], lock: lock, moves: [], dropped: [])
            var review = try InstallationReview(plan, in: workspace)
            try review.add(WaitingApprovals(lock, in: workspace))
            return review.approvals.approvals
        }
        #expect(try approvals(honest).map(\.digest) == honest.capsules.map(\.digest))
        let error = #expect(throws: AmxError.self) { try approvals(edited) }
        #expect(
            error?.code == .verification && error?.message.hasPrefix("b at ") == true, "\(String(describing: error))")
        // Nor is what comes in its place held against an approval that it names.
        let id = try CapsuleID("b")
        let lock = try fixture.lock(["b 2.0.0", "c 1.0.0"])
        let releases = try ReleaseReader(id).releases(in: fixture.source.workspace.repositoryPath(id))
        let release = try #require(releases.first { $0.version.text == "2.0.0" })
        for (old, isRefused) in [(honest, false), (edited, true)] {
            let step = InstallationPlan.Step(
                id: id, old: old[id], release: release, address: "hub/acme", requestedBy: ["workspace"])
            let plan = InstallationPlan(steps: [step], departures: [], lock: lock, moves: [], dropped: [])
            if isRefused {
                #expect(throws: AmxError.self) { try InstallationReview(plan, in: workspace) }
            } else {
                #expect(try InstallationReview(plan, in: workspace).approvals.approvals.map(\.digest) == [later])
            }
        }
    }

    /// Growth is measured against what lies here: a lock that names an older release, or one that never was, approves nothing.
    @Test func growthIsMeasuredAgainstWhatIsHereAndNotTheLock() throws {
        let id = try CapsuleID("d")
        try fixture.release("d 1.0.0", asks: ["secrets"])
        try fixture.release("d 2.0.0")
        try fixture.release("d 3.0.0", asks: ["secrets"])
        for version in ["d 1.0.0", "d 2.0.0"] {
            try fixture.bring("d")
            var operation = try fixture.operation(.add, [version], requires: ["d"])
            let entry = try #require(operation.lock.capsules.first)
            let repository = try #require(try workspace.anyRepository(id))
            let manifest = try workspace.capsule(id).manifest(ofTree: entry.tree, in: repository)
            operation.approvals.approvals = [Approval(of: manifest, digest: entry.digest)]
            try fixture.perform(operation)
        }
        try fixture.bring("d")
        let releases = try ReleaseReader(id).releases(in: fixture.source.workspace.repositoryPath(id))
        let release = try #require(releases.first { $0.version.text == "3.0.0" })
        let lock = try fixture.lock(["d 3.0.0"])
        let older = try #require(try fixture.lock(["d 1.0.0"]).capsules.first)
        let invented = LockedCapsule(
            id: id, version: older.version, line: older.line,
            commit: try #require(ObjectID(hex: String(repeating: "d", count: 40))), tree: older.tree,
            digest: older.digest, source: older.source, requestedBy: older.requestedBy)
        for old in [try #require(try fixture.lock(["d 2.0.0"]).capsules.first), older, invented] {
            let step = InstallationPlan.Step(
                id: id, old: old, release: release, address: "hub/acme", requestedBy: ["workspace"])
            let plan = InstallationPlan(steps: [step], departures: [], lock: lock, moves: [], dropped: [])
            let demands = try InstallationReview(plan, in: workspace).demands
            #expect(demands.map(\.capsule) == [id], "\(old.version.text) \(old.commit)")
            #expect(demands.first?.changes.map(\.subject) == ["read on secrets"])
        }
    }

    /// Who edits what is required and commits that develops it from then on, and `amx.json` says so in the same commit.
    @Test func whoCommitsARequirementDevelopsIt() throws {
        try fixture.perform(fixture.operation(.add, ["b 1.0.0", "c 1.0.0"], requires: ["b", "c"]))
        let capsule = workspace.capsule(try CapsuleID("b"))
        _ = try workspace.write { () throws(AmxError) in try capsule.edit() }
        try fixture.base.folder.write("knowledge/capsules/b/mine.md", text: "mine\n")
        let result = try workspace.write { () throws(AmxError) in
            try workspace.commit(
                [capsule], files: workspace.files(), message: "Mine", identity: fixture.base.identity)
        }
        #expect(result.capsules.map(\.id.string) == ["b"])
        #expect(try workspace.manifest()?.develops == [capsule.id])
        #expect(try workspace.lock()?[capsule.id]?.isRelease == false)
        #expect(try workspace.lock()?[try CapsuleID("c")]?.isRelease == true)
        #expect(try workspace.report().files.state == .clean)
        try fixture.check()
    }
}
