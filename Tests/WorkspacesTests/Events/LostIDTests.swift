import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// A copy whose id is gone: the workspace's own repository knows which it was.
@Suite(.serialized) struct LostIDTests {
    private static let both = ["replica", "journal", "journal.lock", "journal.sync", "journal.fold", "chains"]

    private func remove(_ names: [String], in fixture: EventFixture) throws {
        for name in names { try? FileManager.default.removeItem(atPath: "\(fixture.root)/.aimatrix/\(name)") }
    }

    private func mark(of fixture: EventFixture) throws -> String {
        try String(contentsOfFile: fixture.workspace.replicaMarkPath, encoding: .utf8)
    }

    /// A fixture with folded events and some that are only in the journal, and its id.
    private func begun() throws -> (EventFixture, [Event], ReplicaID) {
        let fixture = try EventFixture()
        let kept = try fixture.append(2)
        try fixture.store().fold()
        try fixture.append(1, from: 2)
        return (fixture, kept, try #require(try fixture.workspace.replica()))
    }

    @Test func isNamedByTheWorkspacesOwnRepository() throws {
        let fixture = try EventFixture()
        let replica = try fixture.append(1)[0].replica
        // There is no repository yet; the first fold makes one.
        #expect(!Directory.exists(fixture.workspace.replicaMarkPath))
        try fixture.store().fold()
        #expect(try mark(of: fixture).hasPrefix("\(replica.string)\n"))
        let folded = try fixture.git("rev-parse", replica.chain.string)
        try fixture.store().setAside(replica)
        let next = try #require(try fixture.workspace.replica())
        #expect(try next != replica && mark(of: fixture).hasPrefix("\(next.string)\n"))
        #expect(try fixture.git("for-each-ref", "--format=%(objectname)") == folded)
        #expect(try fixture.git("fsck", "--strict") == "")
    }

    /// Also when an empty journal was begun, and nothing more, before it was killed.
    @Test(arguments: [false, true]) func goesOnUnderANewOneThatSaysSo(_ isCutOff: Bool) throws {
        let (fixture, kept, replica) = try begun()
        try remove(Self.both, in: fixture)
        if isCutOff {
            let begun = try #require(ReplicaID.random())
            let header = JournalHeader(replica: begun, base: 0, commit: nil)
            try fixture.base.folder.write(".aimatrix/journal", header.encoded)
        }
        #expect(try fixture.workspace.eventLoss() == .both(replica))
        #expect(try fixture.workspace.eventLossWithoutID() == .both(replica))
        #expect(try fixture.events() == kept)
        for _ in 0..<2 {
            let findings = try fixture.audit().findings
            #expect(findings.map(\.kind) == [.replica] && findings.map(\.replica) == [replica])
            let error = #expect(throws: AmxError.self) { try fixture.workspace.foldEvents() }
            #expect(error?.code == .verification)
            #expect(error?.hint?.contains("amx events --set-aside \(replica.string)") == true)
        }
        let drafts = [fixture.draft(7, in: try fixture.stream()), fixture.draft(8, in: try fixture.stream())]
        let next = try fixture.store().append(drafts)
        #expect(next.map(\.sequence) == [2, 3] && next[0].replica != replica)
        #expect(next.map { $0.payload["n"]?.integer } == [7, 8])
        let first = try #require(try fixture.events().first { $0.replica == next[0].replica })
        #expect(first.type == .replicaLost && first.sequence == 1)
        #expect(first.stream.capsule == (try fixture.workspace.files().id))
        #expect(first.payload == ["lastSequence": 2, "replica": .string(replica.string)])
        #expect(try fixture.workspace.eventLoss() == nil && fixture.audit().findings == [])
        // Once is enough.
        let later = try fixture.append(1, from: 9)
        #expect(later[0].sequence == 4)
        try fixture.store().fold()
        #expect(try Set(fixture.events()) == Set(kept + [first] + next + later))
        let report = try fixture.audit()
        #expect(report.findings == [])
        #expect(
            Set(report.replicas.map { "\($0.replica.string) \($0.origin)" })
                == ["\(replica.string) lost", "\(next[0].replica.string) own"])
        // It is about no capsule, and changes nothing.
        let records = try InstallationRecord.all(in: fixture.workspace).map(\.stream)
        #expect(!records.contains(first.stream))
        let state = try fixture.store().state(of: first.stream).state
        #expect(state.isEmpty)
    }

    /// Killed at any moment, the append that goes on loses neither its events nor what it has to say first.
    @Test(arguments: WorkspaceFixture.moments) func goesOnAfterAKill(_ microseconds: Int) throws {
        let (fixture, kept, replica) = try begun()
        try remove(Self.both, in: fixture)
        try fixture.base.kill(after: microseconds) { try fixture.append(1, from: 7) }
        let next = try fixture.append(1, from: 8)[0]
        let events = try fixture.events().filter { $0.replica == next.replica }
        #expect(events.first?.type == .replicaLost)
        #expect(events.first?.payload["replica"] == .string(replica.string))
        #expect(events.count { $0.type == .replicaLost } == 1)
        #expect(events.map(\.sequence) == Array(1...next.sequence) && events.last == next)
        #expect(try fixture.events().filter { $0.replica == replica } == kept)
        #expect(try fixture.audit().findings == [])
    }

    @Test func isPutAsideLikeAnyOther() throws {
        let (fixture, kept, replica) = try begun()
        try remove(Self.both, in: fixture)
        #expect(try fixture.store().setAside(replica) != nil)
        let own = try #require(try fixture.workspace.replica())
        #expect(own != replica)
        #expect(try fixture.audit().findings == [] && fixture.workspace.foldEvents() == nil)
        let next = try fixture.append(1, from: 7)
        #expect(next.map(\.replica) == [own])
        let events = try fixture.events()
        #expect(events.filter { $0.replica == replica } == kept)
        #expect(events.filter { $0.replica == own }.map(\.type) == [.replicaLost, next[0].type])
        try fixture.store().fold()
        let report = try fixture.audit()
        #expect(report.findings == [] && report.replicas.map(\.isSetAside) == [true, false])
    }

    /// With a journal beside it, nothing goes on by itself.
    @Test func aloneIsStillALoss() throws {
        let (fixture, _, replica) = try begun()
        try remove(["replica"], in: fixture)
        #expect(try fixture.workspace.eventLoss() == .id(replica))
        let error = #expect(throws: AmxError.self) { try fixture.append(1) }
        #expect(error?.code == .verification && error?.message.contains(replica.string) == true)
        #expect(throws: AmxError.self) { try fixture.workspace.foldEvents() }
        #expect(throws: AmxError.self) { try fixture.store().state(of: fixture.stream()) }
    }

    /// One of before, put back in the place of this copy's: it has the inode numbers of another file.
    @Test func isNotTakenForACopysWhenAnOldOneIsPutBack() throws {
        let (fixture, _, replica) = try begun()
        let old = try fixture.base.folder.read(".aimatrix/replica")
        try FileManager.default.moveItem(
            atPath: fixture.workspace.replicaPath, toPath: fixture.base.folder.appending("kept"))
        try fixture.base.folder.write(".aimatrix/replica", old)
        try #require(fixture.workspace.replica() == nil)
        #expect(try fixture.workspace.eventLoss() == .id(replica))
        #expect(throws: AmxError.self) { try fixture.append(1) }
        #expect(try fixture.audit().findings.map(\.kind) == [.journal])
        try remove(["journal", "journal.lock", "journal.sync"], in: fixture)
        #expect(try fixture.workspace.eventLoss() == .both(replica))
        try fixture.append(1)
        #expect(try fixture.events().contains { $0.type == .replicaLost } && fixture.audit().findings == [])
    }

    /// A copied directory has the repository of the original with what that says, which means nothing there.
    @Test func isNoneInACopy() throws {
        let (fixture, kept, replica) = try begun()
        let folder = try TemporaryDirectory("amx-copy")
        #expect(try Tool.run("cp", ["-a", fixture.root, folder.appending("copy")]).status == 0)
        let copy = Workspace(root: folder.appending("copy"))
        #expect(try copy.replica() == nil && copy.replicaMark() == nil && copy.eventLoss() == nil)
        let next = try EventStore(copy).append([fixture.draft(9, in: fixture.stream())])
        #expect(next[0].sequence == 1 && next[0].replica != replica)
        #expect(try copy.replicaMark()?.replica == next[0].replica)
        var events: [Event] = []
        var reader = EventReader(copy)
        try reader.read(EventQuery()) { events.append($0) }
        #expect(Set(events) == Set(kept + next))
        #expect(try EventAudit(copy).run().findings == [])
        #expect(try fixture.audit().findings == [])
    }

    /// An id and a journal of another making, both sound in themselves.
    @Test func isNotExchangedTogetherWithTheJournal() throws {
        let (fixture, kept, replica) = try begun()
        let other = try EventFixture()
        let foreign = try other.append(1)[0].replica
        try fixture.base.folder.write(".aimatrix/replica", text: "\(foreign.string)\n")
        try fixture.base.folder.write(".aimatrix/journal", other.base.folder.read(".aimatrix/journal"))
        try remove(["journal.lock", "journal.sync"], in: fixture)
        #expect(try fixture.workspace.eventLoss() == .exchanged(foreign, known: replica))
        #expect(try fixture.audit().findings.map(\.kind) == [.replica])
        let error = #expect(throws: AmxError.self) { try fixture.workspace.foldEvents() }
        #expect(error?.code == .verification && error?.hint?.contains(foreign.string) == true)
        #expect(try fixture.store().setAside(foreign) == nil)
        let next = try fixture.append(1, from: 5)
        #expect(try Set(fixture.events()) == Set(kept + next) && fixture.audit().findings == [])
        #expect(Directory.exists("\(fixture.workspace.journalPath)-\(foreign.string)"))
    }
}
