import CCrypto
package import Objects

/// A token as its holder knows it: `amx_` and 256 random bits in hexadecimal.
///
/// It is shown once, when it is made. The hub keeps only the SHA-256 of the whole text, which is enough for a secret of
/// this size: there is nothing to guess.
package struct TokenSecret: Sendable {
    private static let prefix = "amx_"
    private static let randomByteCount = 32

    /// The text that the holder presents.
    package let text: String

    /// Makes a new secret from the operating system's entropy, through libcrypto.
    package static func generate() throws(AmxError) -> TokenSecret {
        let random = try randomBytes(randomByteCount)
        return TokenSecret(text: prefix + random.map(hex).joined())
    }

    /// Takes what a client presents; nil when it cannot be a token, so that no lookup is needed.
    package init?(presented text: String) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard
            text.hasPrefix(Self.prefix), digits.count == 2 * Self.randomByteCount,
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.text = text
    }

    private init(text: String) { self.text = text }

    /// What the hub stores.
    package var digest: SHA256Digest { SHA256Hasher.hash(of: Array(text.utf8)) }

    /// A short public name for a new token, for lists, logs and `revoke`.
    static func generateIdentifier() throws(AmxError) -> String {
        try randomBytes(5).map(hex).joined()
    }

    /// Compares two digests in a time that does not depend on where they differ.
    static func matches(_ left: SHA256Digest, _ right: SHA256Digest) -> Bool {
        CRYPTO_memcmp(left.bytes, right.bytes, SHA256Digest.byteCount) == 0
    }

    private static func randomBytes(_ count: Int) throws(AmxError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else {
            throw AmxError(.failure, "cannot make a token: the system gave no random bytes")
        }
        return bytes
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0\(digits)" : digits
    }
}
