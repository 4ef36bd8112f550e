import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// A journal that is not there: where that is a loss, and where it is not.
@Suite(.serialized) struct LostJournalTests {
    private static let journal = ["journal"]
    private static let notes = ["journal", "journal.lock", "journal.sync"]
    private static let all = notes + ["journal.fold", "chains"]

    private func remove(_ names: [String], in fixture: EventFixture) throws {
        for name in names { try? FileManager.default.removeItem(atPath: "\(fixture.root)/.aimatrix/\(name)") }
    }

    /// Puts a journal in place that nobody has written to.
    private func blank(in fixture: EventFixture) throws -> ReplicaID {
        let replica = try #require(ReplicaID.random())
        let header = JournalHeader(replica: replica, base: 0, commit: nil)
        try fixture.base.folder.write(".aimatrix/journal", header.encoded)
        return replica
    }

    private func files(of fixture: EventFixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.workspace.metadata)
            .filter { $0.hasPrefix("journal-") }
    }

    /// No sequence is given twice, whatever else is gone, whether there is a chain, and for whoever has it open.
    @Test(arguments: [journal, notes, all], [false, true])
    func isNotBegunAnewUntilItIsPutAside(_ names: [String], _ hasChain: Bool) throws {
        let fixture = try EventFixture()
        let open = try fixture.store()
        let draft = fixture.draft(7, in: try fixture.stream())
        var kept: [Event] = []
        if hasChain {
            kept = try open.append([fixture.draft(0, in: fixture.stream())])
            try open.fold()
        }
        try open.append([draft])
        let replica = try #require(try fixture.workspace.replica())
        try remove(names, in: fixture)
        for _ in 0..<2 {
            for store in [open, try fixture.store()] {
                let error = #expect(throws: AmxError.self) { try store.append([draft]) }
                #expect(error?.code == .verification)
                #expect(error?.hint?.contains("amx events --set-aside \(replica.string)") == true)
                for fold in [store.fold, fixture.workspace.foldEvents] {
                    let error = #expect(throws: AmxError.self) { try fold() }
                    #expect(error?.code == .verification)
                    #expect(error?.hint?.contains("amx events --set-aside \(replica.string)") == true)
                }
                // What happens next would be decided by what is not known.
                #expect(throws: AmxError.self) { try store.state(of: fixture.stream()) }
            }
            #expect(try fixture.workspace.eventLoss() == .journal(replica))
            #expect(try fixture.audit().findings.map(\.kind) == [.journal])
        }
        #expect(!Directory.exists(fixture.workspace.journalPath))
        #expect(try fixture.events() == kept)
        #expect(try StateReader(fixture.workspace).states().count == (hasChain ? 1 : 0))

        #expect(try (fixture.store().setAside(replica) != nil) == hasChain)
        let next = try fixture.append(1)[0]
        #expect(next.replica != replica && next.sequence == 1)
        #expect(try Set(fixture.events()) == Set(kept + [next]))
        #expect(try fixture.audit().findings == [])
    }

    /// A file with nothing in it is no journal, and what the chain has can be read.
    @Test func isLostWhenItIsEmptied() throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(3)
        let replica = kept[0].replica
        try fixture.store().fold()
        try fixture.append(1, from: 3)
        try fixture.base.folder.write(".aimatrix/journal", [])
        #expect(try fixture.workspace.eventLoss() == .journal(replica))
        #expect(try fixture.events() == kept && StateReader(fixture.workspace).states().count == 3)
        #expect(try fixture.audit().findings.map(\.kind) == [.journal])
        let tries: [() throws -> Void] = [{ try fixture.workspace.foldEvents() }, { try fixture.append(1) }]
        for body in tries {
            let error = #expect(throws: AmxError.self) { try body() }
            #expect(error?.code == .verification)
            #expect(error?.hint?.contains("amx events --set-aside \(replica.string)") == true)
        }
        try fixture.store().setAside(replica)
        let next = try fixture.append(1)
        #expect(try Set(fixture.events()) == Set(kept + next) && fixture.audit().findings == [])
    }

    @Test func isNotReplacedByAnotherCopys() throws {
        let fixture = try EventFixture()
        let other = try EventFixture()
        try fixture.append(2)
        let foreign = try other.append(2)[0].replica
        let replica = try #require(try fixture.workspace.replica())
        try fixture.base.folder.write(".aimatrix/journal", other.base.folder.read(".aimatrix/journal"))
        let error = #expect(throws: AmxError.self) { try fixture.append(1) }
        #expect(error?.code == .verification)
        #expect(try fixture.audit().findings.map(\.kind) == [.journal])
        #expect(try fixture.store().setAside(replica) == nil)
        #expect(try files(of: fixture) == ["journal-\(foreign.string)"])
        #expect(try fixture.append(1)[0].sequence == 1)
        #expect(try fixture.audit().findings == [])
    }

    @Test func isNotPutAsideWhenTheIDIsLost() throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(2)
        try remove(["replica"], in: fixture)
        for _ in 0..<2 {
            let error = #expect(throws: AmxError.self) { try fixture.append(1) }
            #expect(error?.code == .verification && error?.message.contains(kept[0].replica.string) == true)
            #expect(try fixture.audit().findings.map(\.kind) == [.journal])
        }
        try fixture.base.folder.write(".aimatrix/replica", text: "\(kept[0].replica.string)\n")
        let next = try fixture.append(1, from: 2)
        #expect(next[0].sequence == 3)
        #expect(try fixture.events() == kept + next && fixture.audit().findings == [])
    }

    /// Killed right after the first journal was made, or before.
    @Test func anIDThatWasNeverGivenIsNotMissed() throws {
        let fixture = try EventFixture()
        #expect(try fixture.audit().findings == [])
        let replica = try blank(in: fixture)
        #expect(try fixture.workspace.replica() == nil && fixture.audit().findings == [])
        let event = try fixture.append(1)[0]
        #expect(event.sequence == 1 && event.replica != replica)
        #expect(try files(of: fixture) == [] && fixture.audit().findings == [])
    }

    @Test(arguments: WorkspaceFixture.moments) func aFirstEventThatIsKilledLosesNothing(_ microseconds: Int) throws {
        let fixture = try EventFixture()
        try fixture.base.kill(after: microseconds) { _ = try fixture.append(1) }
        #expect(try fixture.audit().findings == [])
        let next = try fixture.append(1, from: 1)[0]
        let events = try fixture.events()
        #expect(events.last == next && events.map(\.sequence) == Array(1...next.sequence))
        #expect(try files(of: fixture) == [] && fixture.audit().findings == [])
    }

    /// The same for a copied directory, which puts the journal aside that came with it.
    @Test(arguments: WorkspaceFixture.moments) func aCopysFirstEventThatIsKilledLosesNothing(_ microseconds: Int) throws
    {
        let fixture = try EventFixture()
        let replica = try fixture.append(1)[0].replica
        let bytes = try fixture.base.folder.read(".aimatrix/replica")
        // A file of its own with that content is another one than it says.
        try FileManager.default.moveItem(
            atPath: fixture.workspace.replicaPath, toPath: fixture.base.folder.appending("kept"))
        try fixture.base.folder.write(".aimatrix/replica", bytes)
        try #require(fixture.workspace.replica() == nil)
        try fixture.base.kill(after: microseconds) { _ = try fixture.append(1) }
        #expect(try fixture.audit().findings == [])
        #expect(try fixture.append(1, from: 1)[0].replica != replica)
        #expect(try files(of: fixture) == ["journal-\(replica.string)"] && fixture.audit().findings == [])
    }

    /// Putting aside that was cut off when the new journal was there, and not its id.
    @Test func whatWasCutOffIsDoneAgain() throws {
        let fixture = try EventFixture()
        let events = try fixture.append(2)
        let replica = events[0].replica
        try fixture.store().fold()
        let begun = try blank(in: fixture)
        let error = #expect(throws: AmxError.self) { try fixture.append(1) }
        #expect(error?.code == .verification)
        try fixture.store().setAside(replica)
        let next = try fixture.append(1)[0]
        #expect(next.sequence == 1 && ![replica, begun].contains(next.replica))
        #expect(try files(of: fixture) == [] && Set(fixture.events()) == Set(events + [next]))
        #expect(try fixture.audit().findings == [])
    }
}
