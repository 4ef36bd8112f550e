package import Objects

/// Why a server did not do what it was asked for.
package enum ServerFault: Error, Sendable {
    /// It did not answer in time.
    case timedOut
    /// It has ended.
    case ended
    /// It does not speak the protocol as it must.
    case malformed(String)
    /// It sent more than it may.
    case exceeded(String)
    /// It answered with an error of its own.
    case refused(code: Int64, message: String)
    /// Nobody wants the answer any more: what whoever asked has thrown.
    case stopped(AmxError)

    /// What came of a connection, as it concerns a server.
    init(_ fault: ConnectionFault) {
        switch fault {
        case .timedOut: self = .timedOut
        case .ended: self = .ended
        case .malformed(let what): self = .malformed("it sent \(what)")
        case .refused(let code, let message, _): self = .refused(code: code, message: message)
        }
    }

    /// Whether the server is about to end by itself.
    var isEnd: Bool { if case .ended = self { true } else { false } }

    /// Whether the server is of no use after it, whatever it does.
    var isFatal: Bool {
        switch self {
        case .ended, .malformed, .exceeded: true
        case .timedOut, .refused, .stopped: false
        }
    }
}

extension ServerFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timedOut: "it did not answer in time"
        case .ended: "it has ended"
        case .malformed(let what), .exceeded(let what): what
        case .refused(let code, let message): "it answered with error \(code): \(message)"
        case .stopped(let error): error.message
        }
    }
}
