import Glibc
package import Objects

/// What says when a server may be started again, and waits for it.
package protocol RestartClock: Sendable {
    /// The present moment in nanoseconds.
    func nanoseconds() -> Int64
    /// Waits for some nanoseconds; `check` is called at least twice a second, and what it throws is thrown on.
    func wait(nanoseconds: Int64, check: () throws(AmxError) -> Void) throws(AmxError)
}

/// The machine's own clock.
package struct MonotonicRestartClock: RestartClock {
    package init() {}

    package func nanoseconds() -> Int64 { MonotonicClock.nanoseconds() }

    package func wait(nanoseconds: Int64, check: () throws(AmxError) -> Void) throws(AmxError) {
        let end = MonotonicClock.nanoseconds() + nanoseconds
        while case let left = end - MonotonicClock.nanoseconds(), left > 0 {
            try check()
            usleep(UInt32(clamping: min(left / 1_000 + 1, 250_000)))
        }
    }
}
