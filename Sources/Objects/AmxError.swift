/// Describes a failure in the one shape that every layer of Amx throws and every door prints.
///
/// On a terminal it reads `error: <message>` and, where there is one, `hint: <hint>`; with `--json` it is one object with
/// the same parts. The code decides the exit status of `amx` and the status of the hub's answer.
public struct AmxError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure this is.
    public let code: Code
    /// What failed and why, as `<what failed>: <why>`, without a final full stop.
    public let message: String
    /// What the user can do about it.
    public let hint: String?
    /// The lower failure behind this one.
    public let cause: (any Error)?

    /// Makes an error; `cause` is kept for logs and never printed to a user.
    public init(_ code: Code, _ message: String, hint: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.cause = cause
    }

    /// The message followed by the hint, for logs.
    public var description: String {
        hint.map { "\(message) (\($0))" } ?? message
    }
}

extension AmxError {
    /// The kinds of failure, each with the exit status of `docs/cli.md`.
    public enum Code: Int32, Sendable, CaseIterable {
        /// Not a workspace, an I/O error, an invalid manifest, a tree rule broken, a limit passed.
        case failure = 1
        /// An unknown option or command, or a prompt that needs a terminal.
        case usage = 2
        /// No such capsule, revision, file or remote repository.
        case notFound = 3
        /// Authentication is needed or was refused.
        case authentication = 4
        /// A digest, checksum, signature or lock differs from the content.
        case verification = 5
        /// Non-fast-forward, an existing release, both forms at once, a held lock.
        case conflict = 6
        /// A policy refuses what was asked.
        case denied = 7
        /// The network or the server at its other end failed.
        case network = 8
        /// The user interrupted.
        case interrupted = 130

        /// The exit status of a process that fails with this code.
        public var exitStatus: Int32 { rawValue }

        /// The name that `--json` and the hub's error bodies carry.
        public var name: String {
            switch self {
            case .failure: "failure"
            case .usage: "usage"
            case .notFound: "not_found"
            case .authentication: "authentication"
            case .verification: "verification"
            case .conflict: "conflict"
            case .denied: "denied"
            case .network: "network"
            case .interrupted: "interrupted"
            }
        }
    }
}
