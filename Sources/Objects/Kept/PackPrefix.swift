/// The start of a pack that one side of a transfer has already: its length, and what tells that it is the same start.
///
/// Source: `docs/protocol.md`, "Going on with a pack".
package struct PackPrefix: Sendable, Hashable {
    /// How long it is, at least 1.
    package let bytes: Int
    /// The SHA-256 of these bytes.
    package let digest: SHA256Digest

    /// Makes a prefix.
    package init(bytes: Int, digest: SHA256Digest) {
        self.bytes = bytes
        self.digest = digest
    }

    /// Reads the length in decimal, a colon and 64 hexadecimal digits; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...15).contains(parts[0].utf8.count), parts[0].utf8.allSatisfy({ 48...57 ~= $0 }),
            let bytes = Int(parts[0]), bytes > 0, let digest = SHA256Digest(hex: parts[1])
        else { return nil }
        self.init(bytes: bytes, digest: digest)
    }

    /// The form that ``init(_:)`` reads.
    package var text: String { "\(bytes):\(digest.hex)" }
}
