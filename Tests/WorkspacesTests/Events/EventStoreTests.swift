import Capsules
import Foundation
import Glibc
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Workspaces

@Suite(.serialized) struct EventStoreTests {
    @Test func eventsAreKeptWithAllTheirFields() throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        let actor = EventActor(userID: "ada@example.com", ipAddress: "::1", userAgent: "amx/1", sessionID: "s")
        let first = try #require(
            try store.append(
                [EventDraft(.installed, in: fixture.stream(), payload: ["version": "1.0.0"])], by: actor
            ).first)
        #expect(first.id == "\(try #require(try fixture.workspace.replica()).string)-1")
        #expect(first.personal.count == 4)
        #expect(first.personal.values.allSatisfy { PersonalData.isPseudonym($0) })
        let line = String(decoding: first.line, as: UTF8.self)
        for value in ["ada@", "example", "::1", "amx/1"] { #expect(!line.contains(value)) }
        let system = try store.append([fixture.draft(1, in: fixture.stream())])
        #expect(system[0].personal.isEmpty)
        #expect(try fixture.events() == [first] + system)
    }

    @Test func aForgottenValueLeavesAPseudonymOfNobody() throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        let actor = EventActor(userID: "ada@example.com")
        func pseudonym() throws -> String {
            try #require(try store.append([fixture.draft(1, in: fixture.stream())], by: actor)[0].personal[.userID])
        }
        let first = try pseudonym()
        #expect(try pseudonym() == first)
        let data = PersonalData(fixture.workspace)
        #expect(try data.values() == [first: "ada@example.com"])
        let path = fixture.root + "/.aimatrix/personal.json"
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try data.forget("bob") == 0)
        #expect(try data.forget("ada@example.com") == 1)
        #expect(try data.values().isEmpty)
        #expect(try !String(contentsOfFile: path, encoding: .utf8).contains("ada"))
        #expect(try pseudonym() != first)
        #expect(try fixture.audit().findings == [])
    }

    @Test func anExpectedVersionThatIsNotFoundIsAConflict() throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        let (stream, other) = (try fixture.stream(), try fixture.stream(of: "other"))
        for _ in 0..<2 {
            // Once from the journal, once from the chain.
            let version = try store.state(of: stream).version
            try store.append([fixture.draft(1, in: stream, expecting: .exactly(version))])
            let error = #expect(throws: AmxError.self) {
                try store.append([
                    fixture.draft(2, in: other), fixture.draft(2, in: stream, expecting: .exactly(version)),
                ])
            }
            #expect(error?.code == .conflict)
            #expect((error?.cause as? ConcurrencyConflict)?.expected == version)
            #expect((error?.cause as? ConcurrencyConflict)?.found == version + 1)
            #expect(error?.message.contains("ConcurrencyConflict") == true)
            #expect(try store.state(of: stream).version == version + 1)
            #expect(try store.state(of: other).version == 0)
            try store.fold()
            #expect(try store.state(of: stream).version == version + 1)
        }
    }

    @Test(arguments: EventCase.illegal)
    func whatCannotBeKeptIsRefused(_ event: EventCase) throws {
        let fixture = try EventFixture()
        let stream = try fixture.stream(of: event.organization)
        #expect(throws: AmxError.self) {
            try fixture.store().append([EventDraft(.error, in: stream, payload: event.payload)])
        }
        #expect(try fixture.events() == [])
    }

    @Test func sixteenThreadsThatDecideLoseNothing() throws {
        let fixture = try EventFixture()
        let workspace = fixture.workspace
        let stream = try fixture.stream()
        let failures = Mutex<[String]>([])
        WorkerThreads.run(16) {
            do {
                let store = try EventStore(workspace)
                for _ in 0..<4 {
                    var isDone = false
                    while !isDone {
                        do throws(AmxError) {
                            try store.append(to: stream) { state, _ throws(AmxError) in
                                let number = state["configuration"]?["n"]?.integer ?? 0
                                return [(.configured, ["n": .integer(number + 1)])]
                            }
                            isDone = true
                        } catch {
                            // Sixteen attempts may not be enough for one of sixteen.
                            guard error.cause is ConcurrencyConflict else { throw error }
                        }
                    }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        #expect(try fixture.store().state(of: stream).state["configuration"]?["n"]?.integer == 64)
        #expect(try fixture.events().map(\.sequence) == Array(1...64))
    }

    @Test func sixteenProcessesThatAppendAndFoldLoseNothing() async throws {
        let fixture = try EventFixture()
        let root = fixture.root
        // Programs of their own, not copies of this one: a copy may find a lock taken by a thread that it does not have.
        await withTaskGroup { group in
            for index in 0..<16 {
                group.addTask {
                    await #expect(processExitsWith: .success) { [root = root as String, index = index as Int] in
                        let store = try EventStore(Workspace(root: root))
                        for number in 0..<12 {
                            try store.append([
                                EventDraft(
                                    .configured, in: EventStream(try CapsuleID("c\(index)"), of: "acme"),
                                    payload: ["n": .integer(Int64(number))])
                            ])
                            if number % 5 == index % 5 { try store.fold() }
                        }
                    }
                }
            }
        }
        let events = try fixture.events()
        #expect(events.map(\.sequence) == Array(1...192))
        for index in 0..<16 {
            let own = events.filter { $0.stream.capsule.string == "c\(index)" }
            #expect(own.compactMap { $0.payload["n"]?.integer } == Array(0..<12))
        }
        #expect(try fixture.audit().findings == [])
        try fixture.store().fold()
        #expect(try fixture.events() == events)
        #expect(try fixture.audit().findings == [])
        #expect(try fixture.git("fsck", "--strict") == "")
    }

    @Test(arguments: 1...3) func whatWasAcknowledgedOutlivesAKilledWriter(_ seed: UInt64) throws {
        let fixture = try EventFixture()
        var random = SeededGenerator(seed: seed)
        let acknowledged = fixture.base.folder.appending("acknowledged")
        for round in 0..<12 {
            let descriptor = open(acknowledged, O_WRONLY | O_CREAT | O_APPEND, 0o644)
            defer { close(descriptor) }
            // In the last round even a busy machine gets something acknowledged.
            let moment = round == 11 ? 3_000_000 : Int.random(in: 500...60_000, using: &random)
            try fixture.base.kill(after: moment) {
                let store = try fixture.store()
                for number in 0... {
                    let event = try store.append([fixture.draft(number, in: fixture.stream("c\(round)"))])[0]
                    let line = event.line + [0x0A]
                    _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                    if number % 6 == 5 { try store.fold() }
                }
            }
        }
        let lines = try String(contentsOfFile: acknowledged, encoding: .utf8).split(separator: "\n").map(String.init)
        let kept = try fixture.events().map { String(decoding: $0.line, as: UTF8.self) }
        #expect(!lines.isEmpty)
        #expect(Set(kept).isSuperset(of: lines))
        #expect(try fixture.audit().findings == [])
        let next = try fixture.append(1)
        try fixture.store().fold()
        let all = try fixture.events()
        #expect(all.map(\.sequence) == Array(1...Int64(all.count)))
        // What was written and not synced when the last writer was killed was not shown, and is now.
        #expect((kept.count + 1...kept.count + 2).contains(all.count))
        #expect(all.prefix(kept.count).map { String(decoding: $0.line, as: UTF8.self) } == kept)
        #expect(all.suffix(1) == next[...])
        #expect(try fixture.audit().findings == [])
        #expect(try fixture.git("fsck", "--strict", "--no-dangling") == "")
    }

    @Test func filtersChooseAndALaterReadGoesOn() throws {
        let fixture = try EventFixture()
        try fixture.append(4)
        try fixture.store().fold()
        try fixture.append(3, from: 4)
        var query = EventQuery()
        query.capsule = try CapsuleID("refunds")
        #expect(try fixture.events(query).map(\.sequence) == [1, 3, 4, 6, 7])
        query.organization = "other"
        #expect(try fixture.events(query).map(\.sequence) == [3, 6])
        query.types = [.removed]
        #expect(try fixture.events(query) == [])
        var reader = EventReader(fixture.workspace)
        var seen: [Int64] = []
        func read() throws { try reader.read(EventQuery()) { seen.append($0.sequence) } }
        try read()
        try fixture.store().fold()
        try read()
        try fixture.append(2, from: 7)
        try read()
        #expect(seen == Array(1...9))
        var late = EventReader(fixture.workspace)
        try late.skip()
        try fixture.append(1, from: 9)
        var only: [Int64] = []
        try late.read(EventQuery()) { only.append($0.sequence) }
        #expect(only == [10])
    }

    @Test func theOrganizationIsConfiguredOrThatOfTheRemote() throws {
        let fixture = try EventFixture()
        let name = try fixture.workspace.files().id.string
        #expect(try fixture.workspace.organization() == name)
        try fixture.workspace.addRemote(Remote(name: "origin", url: "https://hub.example/acme/"))
        #expect(try fixture.workspace.organization() == "acme")
        try fixture.workspace.configuration().set("user.organization", "Acme Inc.")
        #expect(try fixture.workspace.organization() == "Acme Inc.")
    }

    /// Names that look alike and are other bytes are two organisations, before and after a fold.
    @Test func organisationsAreToldApartByTheirBytes() throws {
        let fixture = try EventFixture()
        let streams = try ["caf\u{E9}", "cafe\u{301}"].map { try fixture.stream(of: $0) }
        for (number, stream) in streams.enumerated() {
            try fixture.store().append([fixture.draft(number, in: stream, expecting: .exactly(0))])
        }
        for _ in 0..<2 {
            for (number, stream) in streams.enumerated() {
                let (state, version) = try fixture.store().state(of: stream)
                #expect(version == Int64(number) + 1)
                #expect(state["configuration"] == ["n": .integer(Int64(number))])
            }
            try fixture.store().fold()
        }
        #expect(try fixture.audit().findings == [])
    }
}
