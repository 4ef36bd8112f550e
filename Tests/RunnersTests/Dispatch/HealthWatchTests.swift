import Capsules
import Objects
import Synchronization
import Testing

@testable import Runners

@Suite("Runners: the watch of health") struct HealthWatchTests {
    /// What fails, and whether starting it again helps, as a test wants it.
    private final class Subject: HealthSubject {
        struct State: Sendable {
            var health = EngineState.ready
            /// What it is at once it has been started again; nil where that throws.
            var after: EngineState? = .ready
            var asked: [Int64] = []
            var restarted: [Int64] = []
        }

        let id: CapsuleID
        private let clock: ManualClock
        private let state = Mutex(State())

        init(_ id: String, _ clock: ManualClock) throws { (self.id, self.clock) = (try CapsuleID(id), clock) }

        func set(_ health: EngineState, after: EngineState? = .ready) {
            state.withLock { ($0.health, $0.after) = (health, after) }
        }

        /// The seconds at which it was started again.
        var restarted: [Int64] { state.withLock { $0.restarted } }
        var asked: [Int64] { state.withLock { $0.asked } }

        func checkHealth() throws(AmxError) -> EngineState {
            let moment = clock.nanoseconds() / 1_000_000_000
            return state.withLock { state in
                state.asked.append(moment)
                return state.health
            }
        }

        func restart() throws(AmxError) {
            let moment = clock.nanoseconds() / 1_000_000_000
            try state.withLock { state throws(AmxError) in
                state.restarted.append(moment)
                guard let after = state.after else { throw AmxError(.failure, "no such program") }
                state.health = after
            }
        }
    }

    private let clock = ManualClock()
    private let watch: HealthWatch
    private let failed: EventSubscription

    init() throws {
        let bus = EventBus(clock: clock)
        watch = HealthWatch(bus, clock: clock)
        failed = try bus.subscribe("failed", to: [AmxTopic.healthFailed])
    }

    /// Lets the watch run until some seconds have gone by; what has to be done then is done.
    private func run(until seconds: Int64) {
        let end = seconds * 1_000_000_000
        while case let next = watch.step(), next <= end {
            clock.advance(milliseconds: (next - clock.nanoseconds()) / 1_000_000)
        }
        clock.advance(milliseconds: (end - clock.nanoseconds()) / 1_000_000)
    }

    @Test func allAreAskedEveryTenSeconds() throws {
        let subjects = try ["b", "a"].map { try Subject($0, clock) }
        for subject in subjects { watch.watch(subject) }
        run(until: 35)
        #expect(subjects.map(\.asked) == [[0, 10, 20, 30], [0, 10, 20, 30]])
        watch.forget(subjects[0].id)
        run(until: 45)
        #expect(subjects.map(\.asked.count) == [4, 5])
        #expect(subjects.map(\.restarted) == [[], []])
    }

    @Test(arguments: [EngineState.unloaded, .loading, .ready, .unloading])
    func whatHasNotFailedIsLeftAlone(state: EngineState) throws {
        let subject = try Subject("a", clock)
        subject.set(state)
        watch.watch(subject)
        run(until: 60)
        #expect(subject.restarted == [])
        #expect(failed.next(within: 0) == nil)
    }

    /// After 2, 4, 8, 16 and 32 seconds, and then no more: also where starting it throws.
    @Test(arguments: [EngineState.failed("no database"), nil])
    func whatFailsAgainAndAgainIsGivenUp(after: EngineState?) throws {
        let (subject, other) = (try Subject("a", clock), try Subject("b", clock))
        subject.set(.failed("no database"), after: after)
        for subject in [subject, other] { watch.watch(subject) }
        run(until: 61)
        #expect(subject.restarted == [2, 6, 14, 30])
        #expect(failed.next(within: 0) == nil)
        run(until: 600)
        #expect(subject.restarted == [2, 6, 14, 30, 62])
        let event = try #require(failed.next(within: 0))
        let why = after == nil ? "no such program" : "no database"
        #expect(event.data == ["capsule": "a", "failures": 6, "error": .string(why)])
        #expect(event.source == nil)
        // Once; the other has been asked all the time.
        #expect(failed.next(within: 0) == nil)
        #expect(other.asked == (0...60).map { $0 * 10 })
        // Whoever brings it back has it watched as before, and given up as before.
        subject.set(.ready, after: after)
        run(until: 610)
        subject.set(.failed("again"), after: after)
        run(until: 690)
        #expect(subject.restarted.suffix(5) == [622, 626, 634, 650, 682])
        #expect(failed.next(within: 0)?.data["failures"] == 6)
    }

    @Test func aSuccessForgetsTheFailuresBefore() throws {
        let subject = try Subject("a", clock)
        watch.watch(subject)
        for round in 0..<8 as Range<Int64> {
            subject.set(.failed("crashed"))
            // It fails in one round, is started again two seconds later, and is well in the next.
            run(until: round * 20 + 19)
        }
        #expect(subject.restarted == (0..<8).map { $0 * 20 + 2 })
        #expect(failed.next(within: 0) == nil)
    }

    /// One that is well right after its start, and not in the next round, has not been started with success.
    @Test func whatFailsAMomentAfterItsStartIsGivenUp() throws {
        let subject = try Subject("a", clock)
        watch.watch(subject)
        for seconds in 0..<400 as Range<Int64> {
            if seconds % 10 == 9 || seconds == 0 { subject.set(.failed("crashed")) }
            run(until: seconds)
        }
        #expect(subject.restarted.count == 5)
        #expect(failed.next(within: 0) != nil)
    }

    @Test func whatIsForgottenIsNotStartedAgain() throws {
        let (old, new) = (try Subject("a", clock), try Subject("a", clock))
        old.set(.failed("crashed"))
        watch.watch(old)
        run(until: 1)
        watch.watch(new)
        run(until: 30)
        #expect(old.restarted == [])
        #expect(new.asked.first == 10)
        watch.forget(new.id)
        run(until: 60)
        #expect(new.asked.last == 30)
    }

    @Test func itRunsUntilItIsToldToEnd() throws {
        let subject = try Subject("a", clock)
        subject.set(.failed("crashed"))
        watch.watch(subject)
        let clock = clock
        #expect {
            try watch.run { () throws(AmxError) in
                if clock.nanoseconds() >= 25_000_000_000 { throw AmxError(.interrupted, "interrupted") }
            }
        } throws: {
            ($0 as? AmxError)?.code == .interrupted
        }
        #expect(clock.waits == [2, 8, 10, 10])
        #expect(subject.restarted == [2])
    }
}
