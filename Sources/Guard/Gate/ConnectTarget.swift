/// A host and a port that is to be connected to.
package struct ConnectTarget: Hashable, Sendable {
    package let host: NetworkHost
    package let port: UInt16

    package init(host: NetworkHost, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, of which the last colon is the one between the two; nil for what is none.
    package init?(parsing text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let port = PortNumber.parse(text.utf8[text.utf8.index(after: colon)...]),
            let host = try? NetworkHost(String(text[..<colon]))
        else { return nil }
        self.init(host: host, port: port)
    }
}

extension ConnectTarget: CustomStringConvertible {
    package var description: String { "\(host):\(port)" }
}
