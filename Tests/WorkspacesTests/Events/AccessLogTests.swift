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

    @Test func nothingWaitsLongerThanASecond() throws {
        let fixture = try EventFixture()
        let clock = FakeClock()
        let log = try AccessLog(fixture.store(), delay: AccessLog.delay) { clock.now() }
        try log.record(draft(fixture), by: EventActor(userID: "ada"))
        clock.advance(600_000_000)
        try log.record(draft(fixture, .executed))
        clock.advance(399_999_999)
        try log.flushIfDue()
        #expect(try fixture.events().isEmpty)
        // The oldest has waited a second: all go together, each with its own actor.
        clock.advance(1)
        try log.flushIfDue()
        let events = try fixture.events()
        #expect(events.map(\.type) == [.accessed, .executed])
        #expect(events.map { $0.personal.keys.count } == [1, 0])
        // One that comes later has its own second, at the end of which the next one finds it.
        try log.record(draft(fixture))
        clock.advance(999_999_999)
        try log.flushIfDue()
        #expect(try fixture.events().count == 2)
        clock.advance(1)
        try log.record(draft(fixture))
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
        try log.record(EventDraft(.accessed, in: EventStream(try CapsuleID("a"), of: "")))
        clock.advance(AccessLog.delay)
        let error = #expect(throws: AmxError.self) { try log.flush() }
        #expect(error?.message.contains("an organisation's name must not be empty") == true)
        try log.flush()
        try log.record(draft(fixture))
        try log.flush()
        #expect(try fixture.events().count == 1)
    }

    @Test func threadsRecordTogetherAndTheLogsOwnWrites() throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        let log = AccessLog(store, delay: 50_000_000) {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
        let draft = try draft(fixture)
        let failed = Atomic<Int>(0)
        WorkerThreads.run(4) {
            for _ in 0..<25 {
                do { try log.record(draft) } catch { failed.add(1, ordering: .relaxed) }
            }
        }
        // Nobody calls the log any more.
        for _ in 0..<100 where try fixture.events().count < 100 { usleep(50_000) }
        #expect(try fixture.events().count == 100)
        #expect(failed.load(ordering: .relaxed) == 0)
        try log.flush()
    }

    /// A killed process loses only what had not waited long enough.
    @Test func whatIsOlderOutlivesAKill() throws {
        let fixture = try EventFixture()
        let draft = try draft(fixture)
        let (delay, slack): (Int64, Int64) = (50_000_000, 200_000_000)
        @Sendable func now() -> Int64 {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
        let notes = fixture.base.folder.appending("notes")
        try fixture.base.kill(after: 500_000) {
            let descriptor = open(notes, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let log = try AccessLog(fixture.store(), delay: delay, now: now)
            while true {
                try log.record(draft)
                var time = now()
                write(descriptor, &time, 8)
                usleep(2_000)
            }
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
