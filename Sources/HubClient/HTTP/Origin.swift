/// The scheme, host and port that a credential belongs to (RFC 6454).
///
/// Two addresses share a credential only when their origins are equal; the scheme's default port is spelled out.
package struct Origin: Hashable, Sendable {
    /// `http` or `https`.
    package let scheme: Scheme
    /// The host in lower case; an IPv6 address stands in its brackets.
    package let host: String
    /// The port, the scheme's default when an address names none.
    package let port: UInt16

    /// The two schemes that Amx speaks.
    package enum Scheme: String, Sendable {
        case http
        case https

        /// The port that an address without one means.
        var defaultPort: UInt16 { self == .http ? 80 : 443 }
    }

    /// Whether the host is this machine, so that nothing sent to it crosses a wire.
    package var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count == 4 && labels[0] == "127" && labels.allSatisfy { UInt8($0) != nil }
    }

    /// Whether a token may be sent there: encrypted, or without leaving the machine.
    package var maySendSecrets: Bool { scheme == .https || isLoopback }
}

extension Origin: CustomStringConvertible {
    /// The canonical text, without the default port: `https://hub.example`.
    package var description: String {
        port == scheme.defaultPort ? "\(scheme.rawValue)://\(host)" : "\(scheme.rawValue)://\(host):\(port)"
    }
}
