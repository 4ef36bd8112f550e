import Capsules
import Foundation
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Workspaces

/// Chains that are put aside since another one has their name.
@Suite(.serialized) struct SetAsideTests {
    /// What went wrong on several threads.
    private final class Failures: Sendable {
        private let messages = Mutex<[String]>([])
        var all: [String] { messages.withLock { $0 } }
        func add(_ error: any Error) { messages.withLock { $0.append("\(error)") } }
    }

    /// A copy of a workspace that shares its id, as a machine's snapshot would.
    struct Twin {
        let folder: TemporaryDirectory
        let workspace: Workspace

        init(of fixture: EventFixture) throws {
            folder = try TemporaryDirectory("amx-twin")
            #expect(try Tool.run("cp", ["-a", fixture.root, folder.appending("copy")]).status == 0)
            workspace = Workspace(root: folder.appending("copy"))
            // Without a second line nothing is compared.
            let replica = try #require(try fixture.workspace.replica())
            try Data("\(replica.string)\n".utf8).write(to: URL(fileURLWithPath: workspace.replicaPath))
        }

        func append(_ drafts: [EventDraft]) throws -> [Event] { try EventStore(workspace).append(drafts) }

        func events() throws -> [Event] {
            var events: [Event] = []
            var reader = EventReader(workspace)
            try reader.read(EventQuery()) { events.append($0) }
            return events
        }

        @discardableResult
        func git(_ arguments: String...) throws -> String {
            try Tool.git(arguments, in: workspace.filesRepositoryPath)
        }
    }

    @Test func aTwinGoesOnUnderItsOwnIDAndLosesNothing() throws {
        let fixture = try EventFixture()
        let shared = try fixture.append(3)
        try fixture.store().fold()
        // In both journals, and folded by each in a batch of its own.
        let alike = try fixture.append(1, from: 3)
        let twin = try Twin(of: fixture)
        let replica = try #require(try fixture.workspace.replica())
        let others = try fixture.append(2, from: 10)
        try fixture.store().fold()
        let mine = try twin.append([fixture.draft(20, in: fixture.stream())])
        try EventStore(twin.workspace).fold()
        let late = try twin.append([fixture.draft(21, in: fixture.stream())])
        #expect(mine[0].id == others[0].id)

        var reader = EventReader(twin.workspace)
        try reader.skip()
        let head = try #require(try EventStore(twin.workspace).setAside(replica))
        let own = try #require(try twin.workspace.replica())
        #expect(own != replica)
        #expect(try twin.git("rev-parse", "refs/amx/former-events/\(replica.string)/\(head.hex)") == head.hex)
        #expect(try twin.git("for-each-ref", "refs/amx/events/") == "")
        #expect(try twin.events() == shared + alike + mine + late)
        #expect(try EventAudit(twin.workspace).run().findings == [])

        // The other chain has room now; what both have is shown once.
        try twin.git(
            "fetch", "-q", fixture.workspace.filesRepositoryPath, "\(replica.chain.string):\(replica.chain.string)")
        let new = try twin.append([fixture.draft(30, in: fixture.stream())])
        #expect(new.map(\.replica) == [own] && new[0].sequence == 1)
        let found = try twin.events()
        #expect(Set(found) == Set(shared + alike + others + mine + late + new))
        #expect(found.count == 3 + 1 + 2 + 1 + 1 + 1)
        #expect(zip(found, found.dropFirst()).allSatisfy { !EventReader.precedes($1, $0) })
        // Who follows sees no event again.
        var followed: [Event] = []
        try reader.read(EventQuery()) { followed.append($0) }
        #expect(Set(followed).isDisjoint(with: shared + alike + mine + late) && followed.contains(new[0]))
        let report = try EventAudit(twin.workspace).run()
        #expect(report.findings == [])
        #expect(report.chains == 2)
        try EventStore(twin.workspace).fold()
        #expect(try twin.git("rev-list", "--count", own.chain.string) == "1")
    }

    /// A copy that has its own id already, and a chain of the original's that has gone another way.
    @Test func anotherCopysChainIsPutAside() throws {
        let fixture = try EventFixture()
        let events = try fixture.append(2)
        try fixture.store().fold()
        let other = try EventFixture()
        let own = try other.append(1)
        try other.store().fold()
        let replica = try #require(try fixture.workspace.replica())
        let id = try #require(try other.workspace.replica())
        try other.git("fetch", "-q", fixture.workspace.filesRepositoryPath, "refs/amx/events/*:refs/amx/events/*")
        #expect(try other.audit().findings == [])
        try other.store().setAside(replica)
        #expect(try other.workspace.replica() == id)
        #expect(Set(try other.events()) == Set(events + own))
        #expect(try other.audit().findings == [])
        let error = #expect(throws: AmxError.self) { try other.store().setAside(replica) }
        #expect(error?.code == .notFound)
        // What is tampered with there is found too.
        let former = try other.git("for-each-ref", "--format=%(refname)", "refs/amx/former-events/")
        let forged = try other.git("commit-tree", "-m", "Events 1 to 2", "\(former)^{tree}")
        try other.git("update-ref", former, forged)
        #expect(Set(try other.audit().findings.map(\.kind)) == [.digest, .header])
    }

    /// In its name, its replica and its checksum.
    @Test(arguments: [3, 20, 70]) func aJournalThatIsDamagedAtItsStartIsPutAside(_ byte: Int) throws {
        let fixture = try EventFixture()
        let kept = try fixture.append(2)
        try fixture.store().fold()
        try fixture.append(1, from: 2)
        let replica = try #require(try fixture.workspace.replica())
        var damaged = try fixture.base.folder.read(".aimatrix/journal")
        damaged[byte] ^= 1
        try fixture.base.folder.write(".aimatrix/journal", damaged)
        let error = #expect(throws: AmxError.self) { try fixture.append(1) }
        #expect(error?.code == .verification)
        try fixture.store().setAside(replica)
        #expect(try fixture.base.folder.read(".aimatrix/journal-\(replica.string)") == damaged)
        let next = try fixture.append(1)
        #expect(next[0].replica != replica && next[0].sequence == 1)
        #expect(Set(try fixture.events()) == Set(kept + next))
        #expect(try fixture.audit().findings == [])
    }

    /// Cut off at any moment, it is done by doing it again, and no event is lost.
    @Test(arguments: WorkspaceFixture.moments) func isDoneAgainAfterAKill(_ microseconds: Int) throws {
        let fixture = try EventFixture()
        var events = try fixture.append(3)
        let replica = try #require(try fixture.workspace.replica())
        try fixture.base.kill(after: microseconds) { try fixture.store().setAside(replica) }
        #expect(try fixture.events() == events)
        let isThere = Directory.exists(fixture.workspace.filesRepositoryPath)
        if try !isThere || fixture.git("for-each-ref", replica.chain.string) != ""
            || fixture.workspace.replica() == replica
        {
            try fixture.store().setAside(replica)
        }
        #expect(try fixture.workspace.replica() != replica)
        #expect(try fixture.git("for-each-ref", "refs/amx/events/") == "")
        events += try fixture.append(1, from: 3)
        #expect(Set(try fixture.events()) == Set(events))
        try fixture.store().fold()
        #expect(try fixture.events().count == 4)
        #expect(try fixture.audit().findings == [])
    }

    /// What others append meanwhile comes into one of the two chains.
    @Test func nothingIsLostThatIsAppendedMeanwhile() throws {
        let fixture = try EventFixture()
        try fixture.append(1)
        let replica = try #require(try fixture.workspace.replica())
        let (root, stream) = (fixture.root, try fixture.stream())
        let group = DispatchGroup()
        let failed = Failures()
        for number in 0..<3 {
            DispatchQueue.global().async(group: group) {
                for round in 0..<30 {
                    let draft = EventDraft(
                        .configured, in: stream, payload: ["n": .integer(Int64(number * 100 + round))])
                    do { try EventStore(Workspace(root: root)).append([draft]) } catch { failed.add(error) }
                }
            }
        }
        usleep(3_000)
        try fixture.store().setAside(replica)
        group.wait()
        #expect(failed.all == [])
        let found = try fixture.events().compactMap { $0.payload["n"]?.integer }
        var wanted: [Int64] = [0]
        for number in 0..<3 { for round in 0..<30 { wanted.append(Int64(number * 100 + round)) } }
        #expect(found.sorted() == wanted.sorted())
        #expect(try fixture.audit().findings == [])
    }
}
