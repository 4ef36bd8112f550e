import Objects
import Synchronization

/// Why an operation that was cut off could not be brought to its end, noted where a command finds its workspace and told at its end.
enum Unfinished {
    // An object, as for the limits: a static mutex of this size is read before it is set up.
    private final class Note: Sendable {
        let failure = Mutex<AmxError?>(nil)
    }

    private static let shared = Note()

    /// Notes the reason.
    static func note(_ failure: AmxError) { shared.failure.withLock { $0 = failure } }

    /// Warns of what was noted.
    static func tell(_ output: Output) throws {
        guard let failure = shared.failure.withLock({ $0 }) else { return }
        let advice = failure.hint.map { ": \($0)" } ?? ""
        try output.warn("an operation that was cut off could not be ended: \(failure.message)\(advice)")
    }
}
