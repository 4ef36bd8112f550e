/// A host and a port that may be connected to (row S-082).
package struct NetworkTarget: Hashable, Sendable {
    /// A name or an address in lower case; an IPv6 address in brackets.
    package let host: String
    /// Nil for all of the host's ports.
    package let port: UInt16?
}

extension NetworkTarget: CustomStringConvertible {
    /// `host:port`, or `host:*`.
    package var description: String { "\(host):\(port.map { "\($0)" } ?? "*")" }
}
