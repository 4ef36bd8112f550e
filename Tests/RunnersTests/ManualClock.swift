import Objects
import Runners
import Synchronization

/// A clock that only goes on when it is waited for, or is told to.
final class ManualClock: RestartClock {
    private let state = Mutex<(now: Int64, waits: [Int64])>((0, []))

    /// What was waited for, in whole seconds.
    var waits: [Int64] { state.withLock { $0.waits.map { $0 / 1_000_000_000 } } }

    func nanoseconds() -> Int64 { state.withLock { $0.now } }

    func wait(nanoseconds: Int64, check: () throws(AmxError) -> Void) throws(AmxError) {
        try check()
        state.withLock {
            $0.now += nanoseconds
            $0.waits.append(nanoseconds)
        }
    }

    func advance(seconds: Int64) { advance(milliseconds: seconds * 1_000) }

    func advance(milliseconds: Int64) { state.withLock { $0.now += milliseconds * 1_000_000 } }
}
