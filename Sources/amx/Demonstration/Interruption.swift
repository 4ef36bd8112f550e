import Glibc
import Objects
import Synchronization

/// Turns SIGINT and SIGTERM into an error, so that what must be cleaned up is.
enum Interruption {
    private static let happened = Atomic<Bool>(false)

    /// From now on these signals only interrupt system calls.
    static func catchSignals() {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in Interruption.happened.store(true, ordering: .relaxed) }
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
    }

    /// `.interrupted` after one of the signals.
    static func check() throws(AmxError) {
        if happened.load(ordering: .relaxed) { throw AmxError(.interrupted, "interrupted") }
    }
}
