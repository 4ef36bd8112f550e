import Glibc
import Synchronization

/// Turns SIGINT and SIGTERM into an error at the next safe moment, so that what must be cleaned up is.
package enum Interruption {
    private static let happened = Atomic<Bool>(false)

    /// From now on these signals only interrupt system calls; a second one ends the process at once.
    package static func catchSignals() {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in Interruption.happened.store(true, ordering: .relaxed) }
        action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
    }

    /// Whether one of the signals came.
    package static var hasHappened: Bool { happened.load(ordering: .relaxed) }

    /// `.interrupted` after one of the signals.
    package static func check() throws(AmxError) {
        guard hasHappened else { return }
        throw AmxError(
            .interrupted, "interrupted", hint: "what was finished before stays; run the command again to go on")
    }
}
