import Objects
import Synchronization

/// What is not as it should be where a command finds its workspace, noted there and told at the command's end.
enum Unfinished {
    /// What it is about.
    enum Subject: String {
        /// An operation that was cut off and could not be brought to its end.
        case operation = "an operation that was cut off could not be ended"
        /// Events of this copy that are gone with its id.
        case events = "events are lost, and the next ones are recorded under a new id"
    }

    // An object, as for the limits: a static mutex of this size is read before it is set up.
    private final class Note: Sendable {
        let failures = Mutex<[(subject: Subject, failure: AmxError)]>([])
    }

    private static let shared = Note()

    /// Notes why.
    static func note(_ failure: AmxError, of subject: Subject = .operation) {
        shared.failures.withLock { $0.append((subject, failure)) }
    }

    /// Warns of what was noted.
    static func tell(_ output: Output) throws {
        for (subject, failure) in shared.failures.withLock({ $0 }) {
            try output.warn("\(subject.rawValue): \(failure.message)\(failure.hint.map { ": \($0)" } ?? "")")
        }
    }
}
