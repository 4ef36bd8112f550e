import Glibc
import Synchronization

/// Keeps the signals that end this process from ending it before the programs that would outlive it.
///
/// Programs with a ``Program/Company`` of their own get none of the signals that are meant for this process. While an owner
/// exists, SIGHUP, SIGINT and SIGTERM are only noted, so that ``check()`` throws; when the last owner has gone, this process ends by
/// the signal as it would have before. Signals that something else handles or that are ignored stay as they are, and nobody can
/// note SIGKILL. Safe for several threads.
struct EndingSignals: ~Copyable {
    private struct State {
        var owners = 0
        /// The signals that are noted at the moment.
        var numbers: [Int32] = []
    }

    /// An object, since optimised builds of Swift 6.3 may read a static mutex before it is set up.
    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    private static let shared = Shared()
    private static let noted = Atomic<Int32>(0)

    init() {
        // Not for the first time by the handler.
        _ = Self.noted.load(ordering: .relaxed)
        Self.shared.state.withLock { state in
            state.owners += 1
            guard state.owners == 1 else { return }
            state.numbers = [SIGHUP, SIGINT, SIGTERM].filter { Self.note($0) }
        }
    }

    /// `.interrupted` after one of the signals.
    static func check() throws(AmxError) {
        guard noted.load(ordering: .relaxed) != 0 else { return }
        throw AmxError(.interrupted, "interrupted", hint: "run the command again")
    }

    deinit {
        let number = Self.shared.state.withLock { state -> Int32 in
            state.owners -= 1
            guard state.owners == 0 else { return 0 }
            for number in state.numbers { signal(number, SIG_DFL) }
            state.numbers = []
            return Self.noted.exchange(0, ordering: .relaxed)
        }
        if number != 0 { raise(number) }
    }

    /// Has a signal noted that would end the process; false for any other.
    private static func note(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0,
            unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_DFL, to: Int.self)
        else { return false }
        action = sigaction()
        action.__sigaction_handler.sa_handler = { EndingSignals.noted.store($0, ordering: .relaxed) }
        return sigaction(number, &action, nil) == 0
    }
}
