extension SHA256Hasher {
    /// HMAC-SHA-256 of bytes under a key of at most 64 bytes (RFC 2104); a longer key is hashed first.
    package static func authenticationCode(of bytes: [UInt8], key: [UInt8]) -> SHA256Digest {
        let short = key.count > 64 ? hash(of: key).bytes : key
        let padded = short + Array(repeating: 0, count: 64 - short.count)
        let hasher = SHA256Hasher()
        hasher.update(padded.map { $0 ^ 0x36 })
        hasher.update(bytes)
        let inner = hasher.finish()
        hasher.update(padded.map { $0 ^ 0x5C })
        hasher.update(inner.bytes)
        return hasher.finish()
    }
}
