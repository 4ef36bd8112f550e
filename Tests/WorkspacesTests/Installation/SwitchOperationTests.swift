import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// Going to another branch of a workspace moves what is installed, too: that is an operation, with its events.
@Suite struct SwitchOperationTests {
    /// A workspace that has `b` 1.0.0 on `main`, and `b` 2.0.0 and `c` on `winter`, where it stands.
    private static func prepared() throws -> OperationFixture {
        let fixture = try OperationFixture()
        for id in ["b", "c"] { try fixture.bring(id) }
        try fixture.perform(fixture.operation(.add, ["b 1.0.0"], requires: ["b"]))
        try commit(fixture, "One")
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "winter", create: true) }
        try fixture.perform(fixture.operation(.update, ["b 2.0.0", "c 1.0.0"], requires: ["b", "c"]))
        try commit(fixture, "Two")
        return fixture
    }

    private static func commit(_ fixture: OperationFixture, _ message: String) throws {
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in
            try workspace.commit([], files: workspace.files(), message: message, identity: fixture.base.identity)
        }
    }

    private static func `switch`(_ fixture: OperationFixture, to name: String) throws {
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in
            try workspace.switchFiles(to: name, create: false, by: EventActor(userID: "ada@example.com"))
        }
    }

    /// The branch, the documents and the forms.
    private static func state(_ fixture: OperationFixture) throws -> [String] {
        [try fixture.workspace.report().files.branch] + (try fixture.state())
    }

    @Test func whatIsInstalledMovesWithAnEvent() throws {
        let fixture = try Self.prepared()
        let before = try fixture.record()
        #expect(before.contains("amx update: 2"))
        try Self.switch(fixture, to: "main")
        #expect(try fixture.workspace.capsule(CapsuleID("b")).installedRelease()?.version.text == "1.0.0")
        #expect(
            try fixture.record().filter { !before.contains($0) } == [
                "updated b 1.0.0", "soft_removed c 1.0.0", "amx workspace switch main: 2",
            ])
        // What both branches have alike is no operation.
        let record = try fixture.record()
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "twin", create: true) }
        try Self.switch(fixture, to: "main")
        #expect(try fixture.record() == record)
        try Self.switch(fixture, to: "winter")
        #expect(
            try fixture.record().filter { !record.contains($0) } == [
                "restored c 1.0.0", "amx workspace switch winter: 2",
            ])
        #expect(try fixture.record().filter { $0 == "updated b 2.0.0" }.count == 2)
        // What has no form any more comes anew.
        try Self.switch(fixture, to: "twin")
        try FileManager.default.removeItem(atPath: workspace.packedPath(CapsuleID("b")))
        try Self.switch(fixture, to: "winter")
        #expect(try fixture.record().filter { $0 == "installed b 2.0.0" }.count == 1)
        let state = try EventStore(workspace).state(of: EventStream(CapsuleID("b"), of: workspace.organization())).state
        #expect(state["version"]?.string == "2.0.0")
        // Going back to the branch is what takes it back.
        #expect(try OperationLog(workspace).last()?.operation.changesAnything == false)
        try fixture.check()
    }

    /// What is installed and not in the other branch's lock goes as a file would, and nothing of it counts as developed.
    @Test func whatTheBranchDoesNotHaveGoesAndComesBack() throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        let c = try CapsuleID("c")
        let winter = try Self.state(fixture)
        let approvals = try workspace.approvals()
        try Self.switch(fixture, to: "main")
        #expect(!Directory.exists(workspace.packedPath(c)) && workspace.heldPlace(c) == .removed)
        #expect(try workspace.capsuleIDs().map(\.string) == ["b"])
        #expect(try workspace.developedCapsules(workspace.lock() ?? WorkspaceLock()).isEmpty)
        let (old, new) = try workspace.renewedLock()
        #expect(old == new)
        try Self.switch(fixture, to: "winter")
        #expect(try Self.state(fixture) == winter && workspace.approvals().approvals == approvals.approvals)
        try fixture.check()
        // In another version than it went, it was installed.
        try Self.switch(fixture, to: "main")
        try fixture.release("c 2.0.0")
        try fixture.bring("c")
        try fixture.perform(fixture.operation(.add, ["b 1.0.0", "c 2.0.0"], requires: ["b", "c"]))
        try Self.commit(fixture, "Three")
        #expect(try fixture.record().contains("installed c 2.0.0"))
        try Self.switch(fixture, to: "winter")
        #expect(try fixture.record().contains("updated c 1.0.0"))
        try fixture.check()
    }

    /// What would be lost keeps the switch from happening at all; what is developed since stays.
    @Test(arguments: [false, true]) func whatIsMadeOfItIsKept(isCommitted: Bool) throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        let capsule = workspace.capsule(try CapsuleID("c"))
        _ = try workspace.write { () throws(AmxError) in try capsule.edit() }
        try fixture.base.folder.write("knowledge/capsules/c/mine.md", text: "mine\n")
        if isCommitted {
            try fixture.base.commit(capsule, "Mine")
            try Self.switch(fixture, to: "main")
            #expect(Directory.exists("\(capsule.directoryPath)/mine.md"))
            #expect(try workspace.developedCapsules(workspace.lock() ?? WorkspaceLock()).map(\.id) == [capsule.id])
            return try fixture.check()
        }
        let (state, record) = (try Self.state(fixture), try fixture.record())
        let error = #expect(throws: AmxError.self) { try Self.switch(fixture, to: "main") }
        #expect(error?.code == .conflict && error?.message.hasPrefix("c") == true, "\(String(describing: error))")
        #expect(try Self.state(fixture) == state && fixture.record() == record)
        try fixture.check()
    }

    /// What a merge moves is recorded the same way, whether or not the branches have diverged.
    @Test(arguments: [false, true]) func aMergeMovesItWithAnEvent(isDiverged: Bool) throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        let target = try #require(try workspace.files().status().head)
        try Self.switch(fixture, to: "main")
        if isDiverged {
            try fixture.base.folder.write("agents/a.md", text: "a\n")
            try Self.commit(fixture, "Three")
        }
        let before = try fixture.record()
        let request = MergeRequest(
            target: target, source: "winter", message: "Merge winter", identity: fixture.base.identity)
        _ = try workspace.write { () throws(AmxError) in try workspace.files().merge(request) }
        #expect(try workspace.capsule(CapsuleID("b")).installedRelease()?.version.text == "2.0.0")
        let new = ["updated b 2.0.0", "restored c 1.0.0", "amx workspace merge winter: 2"]
        #expect(try fixture.record().count == before.count + new.count)
        for line in new { #expect(try fixture.record().count { $0 == line } == before.count { $0 == line } + 1) }
        try fixture.check()
        // What it brought goes with an undo, and comes again.
        let (merged, head) = (try Self.state(fixture), try workspace.files().status().head)
        try fixture.undo()
        #expect(try workspace.capsule(CapsuleID("b")).installedRelease()?.version.text == "1.0.0")
        #expect(try workspace.capsule(CapsuleID("c")).form() == nil)
        #expect(try workspace.files().status().head == head)
        #expect(try fixture.record().contains("rolled_back b 1.0.0"))
        try fixture.undo()
        #expect(try Self.state(fixture) == merged)
        try fixture.check()
    }

    /// A merge that had stopped and is concluded by a commit is the same: one operation, with its events.
    @Test(arguments: [false, true]) func aConcludedMergeMovesItWithAnEvent(withCapsules: Bool) throws {
        let (fixture, capsules) = try Self.stopped(withCapsules: withCapsules)
        let workspace = fixture.workspace
        let before = try fixture.record()
        let documents = try Operation.Documents(
            at: try #require(workspace.files().status().head), in: workspace.files().existingRepository())
        #expect(try workspace.capsule(CapsuleID("b")).installedRelease()?.version.text == "1.0.0")
        let made = try Self.conclude(fixture, capsules)
        #expect(made.moved.map(\.id.string) == ["b", "c"] && made.departed.map(\.string) == ["a"])
        #expect(made.capsules.map(\.id.string) == (withCapsules ? ["dev"] : []))
        let new = [
            "soft_removed a 1.0.0", "updated b 2.0.0", "restored c 1.0.0", "amx workspace merge winter: 3",
        ]
        #expect(try fixture.record().count == before.count + new.count)
        for line in new { #expect(try fixture.record().count { $0 == line } == before.count { $0 == line } + 1) }
        #expect(try workspace.report().files.state == .clean && workspace.report().moved.isEmpty)
        #expect(try workspace.files().mergeState() == nil)
        let operation = try #require(try OperationLog(workspace).last()?.operation)
        #expect(operation.before == documents)
        #expect(try operation.after == workspace.documents())
        try fixture.check()
        let merged = try Self.state(fixture)
        try fixture.undo()
        #expect(try workspace.documents().manifest == documents.manifest)
        let lock = try #require(try workspace.lock())
        #expect(try lock[CapsuleID("a")] != nil && lock[CapsuleID("c")] == nil)
        for id in capsules { #expect(lock[id.id]?.commit == made.capsules[0].commit) }
        #expect(try workspace.installedCapsules(lock).mapValues(\.isCurrent).values.allSatisfy { $0 })
        try fixture.undo()
        #expect(try Self.state(fixture) == merged)
        try fixture.check()
    }

    /// Where something would be lost, nothing has changed.
    @Test(arguments: ["a", "b"]) func aConclusionThatWouldLoseSomethingIsRefused(_ id: String) throws {
        let (fixture, _) = try Self.stopped(withCapsules: false)
        let workspace = fixture.workspace
        let capsule = workspace.capsule(try CapsuleID(id))
        _ = try workspace.write { () throws(AmxError) in try capsule.edit() }
        try fixture.base.folder.write("knowledge/capsules/\(id)/mine.md", text: "mine\n")
        let (state, record) = (try Self.state(fixture), try fixture.record())
        for capsules in [[], [capsule]] {
            let error = #expect(throws: AmxError.self) { try Self.conclude(fixture, capsules) }
            #expect(error?.code == .conflict, "\(String(describing: error))")
            #expect(try Self.state(fixture) == state && fixture.record() == record)
            #expect(try workspace.files().mergeState() != nil)
        }
        try Directory.remove("\(capsule.directoryPath)/mine.md")
        try Self.conclude(fixture, [])
        try fixture.check()
    }

    /// Killed after any number of microseconds, a conclusion has happened with all that it moves, or can be had again.
    @Test func aKilledConclusionIsDoneOrNot() throws {
        let (model, modelCapsules) = try Self.stopped(withCapsules: true)
        try Self.conclude(model, modelCapsules)
        let (newForms, newRecord) = (Array(try model.state().dropFirst(2)), try model.record())
        var (isOld, isNew) = (0, 0)
        for (index, moment) in WorkspaceFixture.moments.enumerated() where index % 3 == 0 || moment > 1_000_000 {
            let (fixture, capsules) = try Self.stopped(withCapsules: true)
            let (state, record) = (try Self.state(fixture), try fixture.record())
            try fixture.base.kill(after: moment) { try Self.conclude(fixture, capsules) }
            #expect(fixture.workspace.settle() == nil)
            if try fixture.workspace.files().mergeState() != nil {
                isOld += 1
                #expect(try Self.state(fixture) == state && fixture.record() == record, "after \(moment) microseconds")
                try Self.conclude(fixture, capsules)
            } else {
                isNew += 1
            }
            #expect(try Array(fixture.state().dropFirst(2)) == newForms, "after \(moment) microseconds")
            #expect(try fixture.record() == newRecord, "after \(moment) microseconds")
            #expect(try fixture.workspace.report().files.state == .clean)
            try fixture.workspace.write { () throws(AmxError) in }
            try fixture.check()
        }
        #expect(isOld > 0 && isNew > 0, "\(isOld) \(isNew)")
    }

    /// A workspace whose merge of `winter` has stopped and is resolved: `b` moves with it, `a` goes and `c` comes back. Also the
    /// developed capsules that have something to commit.
    private static func stopped(withCapsules: Bool) throws -> (OperationFixture, [WorkspaceCapsule]) {
        let fixture = try OperationFixture()
        let workspace = fixture.workspace
        for id in ["a", "b", "c"] { try fixture.bring(id) }
        let capsules = withCapsules ? [try fixture.base.new("dev")] : []
        for capsule in capsules { try fixture.base.commit(capsule, "Dev") }
        func keeping(_ operation: WorkspaceOperation) throws -> WorkspaceOperation {
            var operation = operation
            let developed = try workspace.currentLock(previous: workspace.lock()).capsules.filter { !$0.isRelease }
            operation.lock = WorkspaceLock(operation.lock.capsules + developed)
            return operation
        }
        try fixture.perform(keeping(fixture.operation(.add, ["a 1.0.0", "b 1.0.0"], requires: ["a", "b"])))
        try fixture.base.folder.write("agents/a.md", text: "a\n")
        try commit(fixture, "One")
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "winter", create: true) }
        try fixture.perform(keeping(fixture.operation(.update, ["b 2.0.0", "c 1.0.0"], requires: ["b", "c"])))
        try fixture.base.folder.write("agents/a.md", text: "winter\n")
        try commit(fixture, "Two")
        try Self.switch(fixture, to: "main")
        try fixture.base.folder.write("agents/a.md", text: "summer\n")
        try commit(fixture, "Three")
        _ = try workspace.write { () throws(AmxError) in
            try workspace.mergeFiles(
                "winter", message: nil, identity: fixture.base.identity, commits: true, isFastForwardOnly: false)
        }
        let path = try TreePath("agents/a.md")
        _ = try workspace.write { () throws(AmxError) in try workspace.files().resolve(path, with: .theirs) }
        for capsule in capsules { try fixture.base.write(capsule, "more.md", "more\n") }
        return (fixture, capsules)
    }

    @discardableResult
    private static func conclude(
        _ fixture: OperationFixture, _ capsules: [WorkspaceCapsule]
    ) throws -> WorkspaceCommitResult {
        let workspace = fixture.workspace
        return try workspace.write { () throws(AmxError) in
            try workspace.commit(
                capsules, files: workspace.files(), message: "Merged", identity: fixture.base.identity)
        }
    }

    /// What cannot be recorded does not happen either.
    @Test func aFailureTakesEverythingBack() throws {
        let fixture = try Self.prepared()
        let (state, record) = (try Self.state(fixture), try fixture.record())
        try AtomicFile.write(Array("{".utf8), to: fixture.workspace.approvalsPath)
        #expect(throws: AmxError.self) { try Self.switch(fixture, to: "main") }
        try Directory.remove(fixture.workspace.approvalsPath)
        #expect(try Self.state(fixture) == state && fixture.record() == record)
        try fixture.check()
        try Self.switch(fixture, to: "main")
        #expect(try Self.state(fixture).first == "main")
        try fixture.check()
    }

    /// Killed after any number of microseconds, the workspace is on one branch or the other, and what is recorded fits it.
    @Test func killedAtAnyMomentItIsOldOrNew() throws {
        let model = try Self.prepared()
        try Self.switch(model, to: "main")
        let (newForms, newRecord) = (Array(try model.state().dropFirst(2)), try model.record())
        var (isOld, isNew) = (0, 0)
        for (index, moment) in WorkspaceFixture.moments.enumerated() where index % 3 == 0 || moment > 1_000_000 {
            let fixture = try Self.prepared()
            let (state, record) = (try Self.state(fixture), try fixture.record())
            try fixture.base.kill(after: moment) { try Self.switch(fixture, to: "main") }
            #expect(fixture.workspace.settle() == nil)
            if try Self.state(fixture) == state {
                isOld += 1
                #expect(try fixture.record() == record, "after \(moment) microseconds")
                try Self.switch(fixture, to: "main")
            } else {
                isNew += 1
            }
            #expect(try Self.state(fixture).first == "main", "after \(moment) microseconds")
            #expect(try Array(fixture.state().dropFirst(2)) == newForms, "after \(moment) microseconds")
            #expect(try fixture.record() == newRecord, "after \(moment) microseconds")
            try fixture.workspace.write { () throws(AmxError) in }
            try fixture.check()
        }
        #expect(isOld > 0 && isNew > 0, "\(isOld) \(isNew)")
    }
}
