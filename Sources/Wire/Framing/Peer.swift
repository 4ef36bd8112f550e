package import Objects

/// Says whose bytes are being read, so that a violation of the protocol is blamed on the right side.
package enum Peer: Sendable, Hashable {
    /// A client's request, read by a server.
    case client
    /// A server's answer, read by a client.
    case server

    /// The error for bytes that break the protocol: `failure` for a request, `network` for an answer.
    package func violation(_ why: String, hint: String? = nil) -> AmxError {
        switch self {
        case .client: AmxError(.failure, "reading the request: \(why)", hint: hint)
        case .server: AmxError(.network, "reading the server's answer: \(why)", hint: hint)
        }
    }
}
