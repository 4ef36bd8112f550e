package import Capsules
package import Objects
import Synchronization

/// Asks capsules every 10 seconds whether they are well, and starts those again that are not (row S-108).
///
/// What has failed is started again by ``RestartSchedule``. When its attempts are used up, ``AmxTopic/healthFailed`` is
/// published, once; it is still asked, and all is forgotten when it says that it is ready. The list is safe for use by
/// several threads, one of which does the work: capsules are asked one after the other, so whatever takes long in one
/// holds up the others.
package final class HealthWatch: Sendable {
    /// The time from one round of questions to the next, in nanoseconds.
    package static let pause: Int64 = 10_000_000_000

    private struct Watched: Sendable {
        let subject: any HealthSubject
        var schedule = RestartSchedule()
        /// When it is started again; nil where it is not to be.
        var restartAt: Int64?
    }

    private struct State {
        var watched: [CapsuleID: Watched] = [:]
        var nextRound: Int64 = .min
    }

    private let bus: EventBus
    private let clock: any RestartClock
    private let state = Mutex(State())

    package init(_ bus: EventBus, clock: some RestartClock = MonotonicRestartClock()) {
        (self.bus, self.clock) = (bus, clock)
    }

    /// Watches something from now on, in place of another with its id.
    package func watch(_ subject: some HealthSubject) {
        _ = state.withLock { $0.watched.updateValue(Watched(subject: subject), forKey: subject.id) }
    }

    /// Asks for something no more.
    package func forget(_ id: CapsuleID) { _ = state.withLock { $0.watched.removeValue(forKey: id) } }

    /// Does all that is due, again and again, until `check` throws; that is called at least twice a second while
    /// nothing is due.
    package func run(check: () throws(AmxError) -> Void) throws(AmxError) {
        while true {
            try check()
            let next = step()
            try clock.wait(nanoseconds: max(0, next - clock.nanoseconds()), check: check)
        }
    }

    /// Does what is due; says when something is due again, by the clock.
    func step() -> Int64 {
        let now = clock.nanoseconds()
        let (due, isRound) = state.withLock { state in
            defer { if now >= state.nextRound { state.nextRound = now + Self.pause } }
            return (state.watched.values.sorted { $0.subject.id < $1.subject.id }, now >= state.nextRound)
        }
        for watched in due {
            if let moment = watched.restartAt {
                if moment <= now { restart(watched.subject) }
            } else if isRound {
                ask(watched.subject)
            }
        }
        return state.withLock { state in
            state.watched.values.compactMap(\.restartAt).reduce(state.nextRound) { min($0, $1) }
        }
    }

    private func ask(_ subject: any HealthSubject) {
        switch Self.state(of: subject) {
        case .failed(let why): fail(subject, why)
        case .ready: change(subject) { $0.schedule.succeed() }
        case .unloaded, .loading, .unloading: break
        }
    }

    /// Only who is well in the next round has been started with success: many fail a moment later.
    private func restart(_ subject: any HealthSubject) {
        guard change(subject, { $0.restartAt = nil }) != nil else { return }
        do throws(AmxError) { try subject.restart() } catch { return fail(subject, error.message) }
        if case .failed(let why) = Self.state(of: subject) { fail(subject, why) }
    }

    private func fail(_ subject: any HealthSubject, _ why: String) {
        let moment = clock.nanoseconds()
        let failures: Int? =
            change(subject) { watched in
                guard !watched.schedule.isExhausted else { return nil }
                watched.schedule.fail(at: moment)
                guard watched.schedule.isExhausted else {
                    watched.restartAt = watched.schedule.notBefore
                    return nil
                }
                return watched.schedule.failures
            } ?? nil
        guard let failures else { return }
        try? bus.publish(.healthFailed(subject.id, failures: failures, why: why))
    }

    /// Changes what is known of something; nil where it is watched no more, or another one in its place.
    @discardableResult
    private func change<Result: Sendable>(
        _ subject: any HealthSubject, _ body: (inout Watched) -> Result
    ) -> Result? {
        state.withLock { state in
            guard var watched = state.watched[subject.id], watched.subject === subject else { return nil }
            defer { state.watched[subject.id] = watched }
            return body(&watched)
        }
    }

    private static func state(of subject: any HealthSubject) -> EngineState {
        do throws(AmxError) { return try subject.checkHealth() } catch { return .failed(error.message) }
    }
}
