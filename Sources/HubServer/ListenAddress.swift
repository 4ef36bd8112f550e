package import Objects

/// Where a server listens: `127.0.0.1:3003`, `[::1]:3003`, `hub.example:80`; port 0 picks a free one.
package struct ListenAddress: Sendable, Hashable {
    /// The host name or address, without brackets.
    package let host: String
    package let port: Int

    /// Parses `HOST:PORT`.
    package init(parsing text: String) throws(AmxError) {
        let error = AmxError(
            .usage, "cannot read the address \"\(text)\"", hint: "give HOST:PORT, such as 127.0.0.1:3003 or [::1]:3003")
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { throw error }
        let digits = text[text.utf8.index(after: colon)...]
        var host = text[..<colon]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else { throw error }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.utf8.contains(UInt8(ascii: ":")) {
            throw error
        }
        guard !host.isEmpty else { throw error }
        self.host = String(host)
        self.port = Int(port)
    }

    /// The URL at which clients reach it when it listens on a port.
    func url(port: Int) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
