import Capsules
import Foundation
import Glibc
import Objects
import Synchronization
import TestSupport
import Testing

@testable import Workspaces

@Suite(.serialized) struct AccessLogTests {
    /// A clock that a test moves.
    private final class FakeClock: Sendable {
        private let time = Atomic<Int64>(5_000)
        func advance(_ nanoseconds: Int64) { time.add(nanoseconds, ordering: .relaxed) }
        func now() -> Int64 { time.load(ordering: .relaxed) }
    }

    private func draft(_ fixture: EventFixture, _ type: EventType = .accessed) throws -> EventDraft {
        EventDraft(type, in: try fixture.stream())
    }

    /// The events once there are that many: the log's thread may just be writing what is due.
    private func waits(for count: Int, in fixture: EventFixture) throws -> [Event] {
        for _ in 0..<30_000 {
            let events = try fixture.events()
            if events.count >= count { return events }
            usleep(5_000)
        }
        return try fixture.events()
    }

    @Test func nothingWaitsLongerThanASecond() throws {
        let fixture = try EventFixture()
        let clock = FakeClock()
        #expect(AccessLog.delay == 1_000_000_000)
        // An hour in its place, so that the log's own thread, which sleeps by the true clock, does nothing on its own.
        let second = 3_600 * AccessLog.delay
        let log = try AccessLog(fixture.store(), delay: second) { clock.now() }
        try log.record(draft(fixture), by: EventActor(userID: "ada"))
        clock.advance(second / 10 * 6)
        try log.record(draft(fixture, .executed))
        clock.advance(second / 10 * 4 - 1)
        try log.flushIfDue()
        #expect(try fixture.events().isEmpty)
        // The oldest has waited a second: all go together, each with its own actor.
        clock.advance(1)
        try log.flushIfDue()
        let events = try waits(for: 2, in: fixture)
        #expect(events.map(\.type) == [.accessed, .executed])
        #expect(events.map { $0.personal.keys.count } == [1, 0])
        // One that comes later has its own second, at the end of which the next one finds it.
        try log.record(draft(fixture))
        clock.advance(second - 1)
        try log.flushIfDue()
        #expect(try fixture.events().count == 2)
        clock.advance(1)
        try log.record(draft(fixture))
        #expect(try waits(for: 3, in: fixture).count >= 3)
        try log.flush()
        #expect(try fixture.events().count == 4)
    }

    @Test func flushAndTheEndWriteWhatIsLeft() throws {
        let fixture = try EventFixture()
        let clock = FakeClock()
        var log: AccessLog? = try AccessLog(fixture.store(), delay: AccessLog.delay) { clock.now() }
        try log?.record(draft(fixture))
        #expect(try fixture.events().isEmpty)
        try log?.flush()
        try log?.flush()
        #expect(try fixture.events().count == 1)
        try log?.record(draft(fixture))
        #expect(try fixture.events().count == 1)
        log = nil
        #expect(try fixture.events().count == 2)
        #expect(try fixture.audit().findings == [])
    }

    @Test func manyAreWrittenEarly() throws {
        let fixture = try EventFixture()
        let clock = FakeClock()
        let log = try AccessLog(fixture.store(), delay: AccessLog.delay) { clock.now() }
        for _ in 1..<AccessLog.limit { try log.record(draft(fixture)) }
        #expect(try fixture.events().isEmpty)
        try log.record(draft(fixture))
        #expect(try fixture.events().count == AccessLog.limit)
    }

    @Test(arguments: EventType.known) func onlyWhatMayBeLostIsGathered(_ type: EventType) throws {
        let fixture = try EventFixture()
        let log = try AccessLog(fixture.workspace)
        if type == .accessed || type == .executed {
            try log.record(draft(fixture, type))
        } else {
            #expect(throws: AmxError.self) { try log.record(draft(fixture, type)) }
        }
        #expect(throws: AmxError.self) {
            try log.record(EventDraft(.accessed, in: fixture.stream(), expecting: .exactly(0)))
        }
        try log.flush()
        #expect(try fixture.events().count == (type == .accessed || type == .executed ? 1 : 0))
    }

    @Test func aFailureIsToldByTheNextCall() throws {
        let fixture = try EventFixture()
        let clock = FakeClock()
        let log = try AccessLog(fixture.store(), delay: AccessLog.delay) { clock.now() }
        try fixture.base.folder.write(".aimatrix/journal", text: "no journal")
        try log.record(draft(fixture))
        clock.advance(AccessLog.delay)
        let error = #expect(throws: AmxError.self) { try log.flush() }
        #expect(error?.message.contains("is damaged at its start") == true)
        try Directory.remove(fixture.workspace.journalPath)
        try log.flush()
        try log.record(draft(fixture))
        try log.flush()
        #expect(try fixture.events().count == 1)
    }

    /// What cannot be kept takes nothing with it that was gathered with it.
    @Test(arguments: EventCase.illegal) func whatCannotBeKeptIsRefusedAtOnce(_ event: EventCase) throws {
        let fixture = try EventFixture()
        let clock = FakeClock()
        let log = try AccessLog(fixture.store(), delay: AccessLog.delay) { clock.now() }
        try log.record(draft(fixture))
        let stream = try fixture.stream(of: event.organization)
        let error = #expect(throws: AmxError.self) {
            try log.record(EventDraft(.executed, in: stream, payload: event.payload))
        }
        #expect(error?.code == .failure)
        try log.record(draft(fixture))
        try log.flush()
        #expect(try fixture.events().map(\.type) == [.accessed, .accessed])
    }

    /// The same limit holds for what is gathered and for what is appended, to the byte.
    @Test(arguments: [EventActor.system, EventActor(userID: "ada", ipAddress: "::1", userAgent: "a", sessionID: "s")])
    func theLongestEventIsGatheredAndKept(_ actor: EventActor) throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        func draft(_ count: Int) throws -> EventDraft {
            EventDraft(
                .executed, in: try fixture.stream(), payload: ["x": .string(String(repeating: "x", count: count))])
        }
        let short = Event.lineRest(
            try fixture.stream(), .executed, payload: Array(#"{"x":""}"#.utf8), .now(),
            try store.append([draft(0)], by: actor)[0].personal)
        let longest = Event.lineLimit - Event.longestLineStart - short.count
        let log = AccessLog(try fixture.store(), delay: AccessLog.delay) { 0 }
        #expect(throws: AmxError.self) { try log.record(draft(longest + 1), by: actor) }
        #expect(throws: AmxError.self) { try store.append([draft(longest + 1)], by: actor) }
        try log.record(draft(longest), by: actor)
        try log.flush()
        #expect(try fixture.events().count == 2)
    }

    @Test func threadsRecordTogetherAndTheLogsOwnWrites() throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        let log = AccessLog(store, delay: 50_000_000, now: MonotonicClock.nanoseconds)
        let draft = try draft(fixture)
        let failed = Atomic<Int>(0)
        WorkerThreads.run(4) {
            for _ in 0..<25 {
                do { try log.record(draft) } catch { failed.add(1, ordering: .relaxed) }
            }
        }
        // Nobody calls the log any more.
        #expect(try waits(for: 100, in: fixture).count == 100)
        #expect(failed.load(ordering: .relaxed) == 0)
        try log.flush()
    }

    /// A killed process loses only what had not waited long enough.
    @Test func whatIsOlderOutlivesAKill() async throws {
        let fixture = try EventFixture()
        let (delay, slack): (Int64, Int64) = (50_000_000, 2_000_000_000)
        let notes = fixture.base.folder.appending("notes")
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [notes = notes as String, root = fixture.root as String, delay = delay as Int64] in
            let descriptor = open(notes, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let workspace = Workspace(root: root)
            // A kill loses nothing that was written, and a disk that others keep busy is slower than the slack.
            let store = EventStore(workspace, journal: try Journal(workspace) { _ in 0 })
            let log = AccessLog(store, delay: delay, now: MonotonicClock.nanoseconds)
            let draft = EventDraft(.accessed, in: EventStream(try CapsuleID("refunds"), of: "acme"))
            let end = MonotonicClock.nanoseconds() + 3_000_000_000
            while MonotonicClock.nanoseconds() < end {
                try log.record(draft)
                var time = MonotonicClock.nanoseconds()
                write(descriptor, &time, 8)
                usleep(2_000)
            }
            kill(getpid(), SIGKILL)
        }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: notes)))
        let times = stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { bytes.littleEndian(UInt64.self, at: $0) }
        let last = try #require(times.last)
        let old = times.count { Int64($0) <= Int64(last) - delay - slack }
        let kept = try fixture.events().count
        #expect(kept >= old && kept <= times.count + 1)
        #expect(try fixture.audit().findings == [])
    }
}
