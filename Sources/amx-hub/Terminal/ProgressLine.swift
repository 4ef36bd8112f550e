import Glibc
import Synchronization

/// Says on a terminal's standard error where long work stands, on one line that changes; elsewhere it says nothing.
///
/// For any thread.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(2) == 1
    private let state = Mutex<(start: UInt64, next: UInt64)>((ProgressLine.now(), ProgressLine.now() + 300))

    /// Says where the work stands, when it is time to.
    func update(_ text: @autoclosure () -> String) {
        guard isTerminal else { return }
        state.withLock { state in
            let now = Self.now()
            guard now >= state.next else { return }
            state.next = now + 100
            write("\r\u{1B}[K\(text().prefix(79))")
        }
    }

    /// Removes the line.
    func finish() {
        guard isTerminal else { return }
        state.withLock { state in
            if state.next > state.start + 300 { write("\r\u{1B}[K") }
        }
    }

    private func write(_ text: String) {
        // A lost progress line is no reason to fail.
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
    }

    /// Milliseconds of a clock that only goes forward.
    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(max(0, time.tv_sec)) * 1_000 + UInt64(max(0, time.tv_nsec)) / 1_000_000
    }
}
