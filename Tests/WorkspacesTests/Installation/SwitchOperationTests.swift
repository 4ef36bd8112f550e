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
            try fixture.record().filter { !before.contains($0) } == ["updated b 1.0.0", "amx workspace switch main: 1"])
        // What both branches have alike is no operation, nor is what nothing of the lock names.
        let record = try fixture.record()
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "twin", create: true) }
        try Self.switch(fixture, to: "main")
        #expect(try fixture.record() == record)
        // What has no form any more comes anew.
        try FileManager.default.removeItem(atPath: workspace.packedPath(CapsuleID("c")))
        try Self.switch(fixture, to: "winter")
        #expect(
            try fixture.record().filter { !record.contains($0) } == ["amx workspace switch winter: 2"])
        let events = try fixture.record().filter { $0.hasPrefix("updated") || $0.hasPrefix("installed") }
        #expect(events.suffix(3) == ["updated b 1.0.0", "updated b 2.0.0", "installed c 1.0.0"])
        let state = try EventStore(workspace).state(of: EventStream(CapsuleID("b"), of: workspace.organization())).state
        #expect(state["version"]?.string == "2.0.0")
        // There is nothing in the documents to take back; what there was before has other ones.
        #expect(try OperationLog(workspace).last()?.operation.changesAnything == false)
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
        #expect(try fixture.record().count == before.count + 2)
        #expect(try fixture.record().contains("amx workspace merge winter: 1"))
        #expect(try fixture.record().filter { $0 == "updated b 2.0.0" }.count == 2)
        try fixture.check()
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
