import Objects
import Synchronization

/// Whether somebody still wants the answer of a call.
final class Cancellation: Sendable {
    private let happened = Atomic(false)

    func cancel() { happened.store(true, ordering: .relaxed) }

    var hasHappened: Bool { happened.load(ordering: .relaxed) }

    /// `.interrupted` where nobody wants it any more, and after a signal.
    func check() throws(AmxError) {
        try Interruption.check()
        if hasHappened { throw AmxError(.interrupted, "the call was cancelled") }
    }
}
