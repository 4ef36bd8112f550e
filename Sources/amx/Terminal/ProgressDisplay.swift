import Glibc
import Objects
import Synchronization

/// Says on standard error what takes long: one line that changes on a terminal, else a line every few seconds.
///
/// Work of less than a moment says nothing. For any thread.
final class ProgressDisplay: Sendable {
    private let isSilent: Bool
    private let isTerminal: Bool
    private let interval: Double
    private let state: Mutex<(next: Double, isShown: Bool)>

    /// Starts the clock.
    init(isSilent: Bool) {
        self.isSilent = isSilent
        isTerminal = StandardStream.error.isTerminal && Environment["TERM"] != "dumb"
        interval = isTerminal ? 0.1 : 3
        state = Mutex((MonotonicClock.seconds() + (isTerminal ? 0.3 : 3), false))
    }

    /// Says where the work stands, when it is time to.
    func update(_ text: @autoclosure () -> String) {
        guard !isSilent else { return }
        state.withLock { state in
            let now = MonotonicClock.seconds()
            guard now >= state.next else { return }
            state.next = now + interval
            let line = Style.visible(text()).split(separator: "\n").last.map(String.init) ?? ""
            // A lost progress line is no reason to fail.
            try? StandardStream.error.write(Array((isTerminal ? "\r\u{1B}[K\(fitted(line))" : "\(line)\n").utf8))
            state.isShown = isTerminal
        }
    }

    /// Removes the line.
    func finish() {
        state.withLock { state in
            guard state.isShown else { return }
            try? StandardStream.error.write(Array("\r\u{1B}[K".utf8))
            state.isShown = false
        }
    }

    /// Cuts a line to the terminal's width, so that it can be replaced.
    private func fitted(_ line: String) -> String {
        var size = winsize()
        let width = ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1 ? Int(size.ws_col) - 1 : 79
        return String(line.prefix(width))
    }
}
