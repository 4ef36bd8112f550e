import Capsules
import Objects
import Testing
import Versions

@testable import Workspaces

/// What becomes of a removed capsule when nobody wants it back in time (rows A-145 and A-146).
@Suite struct RemovalForGoodTests {
    private let fixture: OperationFixture
    private var workspace: Workspace { fixture.workspace }
    private let id: CapsuleID
    private static let actor = EventActor(userID: "ada@example.com", userAgent: "tests")

    /// A workspace from which `c` was removed.
    init() throws {
        fixture = try OperationFixture()
        id = try CapsuleID("c")
        try fixture.bring("c")
        try fixture.perform(fixture.operation(.add, ["c 1.0.0"], requires: ["c"]))
        try fixture.perform(fixture.operation(.remove, []))
        #expect(workspace.heldPlace(id) == .removed)
    }

    private func expire(at time: EventTime) throws -> [String] {
        try workspace.write { () throws(AmxError) in
            try workspace.removeExpired(by: Self.actor, at: time).map(\.string)
        }
    }

    /// The moment at which the grace period ends, or one so much later.
    private func end(microseconds: Int64 = 0) throws -> EventTime {
        let state = try EventStore(workspace).state(of: EventStream(id, of: workspace.organization())).state
        let until = try #require(state["until"]?.string.flatMap { EventTime($0) })
        return EventTime(microseconds: until.microseconds + microseconds)
    }

    private func backups() throws -> [String] {
        guard Directory.isDirectory(workspace.backupsDirectory) else { return [] }
        var found: [String] = []
        for day in try Directory.names(in: workspace.backupsDirectory) {
            let day = String(decoding: day, as: UTF8.self)
            for name in try Directory.names(in: "\(workspace.backupsDirectory)/\(day)") {
                found.append("\(day)/\(String(decoding: name, as: UTF8.self))")
            }
        }
        return found.sorted()
    }

    @Test func aBackupIsKeptForAYear() throws {
        let end = try end()
        #expect(try expire(at: self.end(microseconds: -1)) == [] && workspace.heldPlace(id) == .removed)
        #expect(try expire(at: end) == ["c"])
        #expect(workspace.heldPlace(id) == nil)
        #expect(try fixture.record().contains("removed c 1.0.0"))
        let last = EventTime(microseconds: end.microseconds + 365 * 86_400_000_000)
        let day = String(last.text.prefix(10))
        #expect(try backups() == ["\(day)/c.git"])
        // All of it is there, as a place that can be asked for releases.
        let path = "\(workspace.backupsDirectory)/\(day)/c.git"
        #expect(try ReleaseReader(id).releases(in: path).map(\.version.text) == ["1.0.0"])
        #expect(try expire(at: end) == [] && backups().count == 1)
        // To the end of its day.
        let midnight = try #require(EventTime("\(day)T23:59:59.999999Z"))
        #expect(try expire(at: midnight) == [] && backups().count == 1)
        #expect(try expire(at: EventTime(microseconds: midnight.microseconds + 1)) == [] && backups() == [])
        let error = try #require(throws: AmxError.self) { try workspace.checkTransition(.restore, of: id) }
        #expect(error.message == "cannot restore c: it is hard_removed")
        try fixture.check()
    }

    /// What was approved of it is asked for again, should it come back; what waits of it waits for nothing any more.
    @Test func itsApprovalsGoWithIt() throws {
        var approvals = try workspace.approvals()
        for name in ["b", "c"] {
            let id = try CapsuleID(name)
            let digest = LifecycleFixture.digest(name)
            let manifest = try LifecycleFixture.manifest("1.0.0", #""hooks": {"preRemove": "a.js"}"#, id: name)
            approvals.record(Approval(of: manifest, digest: digest))
            approvals.record(PendingHook.of(manifest, digest: digest, on: .removal), of: id)
        }
        try approvals.write()
        let end = try end()
        #expect(try expire(at: self.end(microseconds: -1)) == [] && workspace.approvals() == approvals)
        #expect(try expire(at: end) == ["c"])
        #expect(try workspace.approvals().approvals.map(\.capsule.string) == ["b"])
    }

    /// What an operation brings back is not put away under its hands, though its time has passed.
    @Test func whatComesBackIsNotPutAway() throws {
        try EventStore(workspace).append([EventDraft(.removed, in: EventStream(id, of: workspace.organization()))])
        try fixture.perform(fixture.operation(.add, ["c 1.0.0"], requires: ["c"]))
        #expect(try workspace.capsule(id).form() == .packed && backups() == [])
        #expect(try fixture.record().contains("installed c 1.0.0"))
        try fixture.check()
    }

    @Test func noneIsKeptWhereNoneIsWanted() throws {
        try workspace.configuration().set("lifecycle.backup", "0")
        #expect(try expire(at: end()) == ["c"])
        #expect(try backups() == [] && workspace.heldPlace(id) == nil)
    }

    /// What it kept between its runs goes with it, of all organisations, and nothing of others.
    @Test(arguments: [365, 0]) func itsStoresGoWithIt(days: Int) throws {
        try workspace.configuration().set("lifecycle.backup", "\(days)")
        let kept = ["acme/cc.sqlite", "acme/c.sqlite.sqlite", "_/b.sqlite"]
        let gone = ["_/c.sqlite", "acme/c.sqlite", "acme/c.sqlite-wal", "acme/c.sqlite.lock"]
        for file in kept + gone {
            let path = "\(workspace.storesDirectory)/\(file)"
            try Directory.create(Directory.parent(of: path))
            try FileContent.create(path, Array(file.utf8))
        }
        let end = try end()
        #expect(try expire(at: self.end(microseconds: -1)) == [])
        #expect((kept + gone).allSatisfy { Directory.exists("\(workspace.storesDirectory)/\($0)") })
        #expect(try expire(at: end) == ["c"])
        #expect(kept.allSatisfy { Directory.exists("\(workspace.storesDirectory)/\($0)") })
        #expect(!gone.contains { Directory.exists("\(workspace.storesDirectory)/\($0)") })
        guard days > 0 else { return #expect(try backups() == []) }
        let day = String(EventTime(microseconds: end.microseconds + 365 * 86_400_000_000).text.prefix(10))
        #expect(try backups() == ["\(day)/c.git", "\(day)/stores"])
        for file in gone {
            let path = "\(workspace.backupsDirectory)/\(day)/stores/\(file)"
            #expect(try FileContent.read(path, limit: 100) == Array(file.utf8))
        }
    }

    /// The event was recorded, and the process killed before anything moved.
    @Test func whatWasCutOffIsDoneAgain() throws {
        let stream = EventStream(id, of: try workspace.organization())
        try EventStore(workspace).append([EventDraft(.removed, in: stream)])
        #expect(try expire(at: .now()) == ["c"])
        #expect(try backups().count == 1)
        #expect(try fixture.record().filter { $0.hasPrefix("removed c") }.count == 1)
    }

    /// Installed and removed again before the first backup's day has passed: both are kept.
    @Test func aSecondOneIsKeptBesideTheFirst() throws {
        let time = try end()
        #expect(try expire(at: time) == ["c"])
        try fixture.bring("c")
        try fixture.perform(fixture.operation(.add, ["c 1.0.0"], requires: ["c"]))
        try fixture.perform(fixture.operation(.remove, []))
        try EventStore(workspace).append([EventDraft(.removed, in: EventStream(id, of: workspace.organization()))])
        #expect(try expire(at: time) == ["c"])
        #expect(try backups().count == 2)
        // What is no day's folder is nobody's.
        try Directory.create("\(workspace.backupsDirectory)/mine")
        #expect(try expire(at: EventTime(microseconds: time.microseconds + 4000 * 86_400_000_000)) == [])
        #expect(
            try Directory.names(in: workspace.backupsDirectory).map { String(decoding: $0, as: UTF8.self) } == ["mine"])
    }
}
