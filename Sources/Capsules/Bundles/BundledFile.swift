package import Objects

/// What `bundle.json` says of another member of the bundle.
package struct BundledFile: Sendable, Hashable {
    /// Its name in the archive.
    package let file: String
    /// How many bytes it has.
    package let size: Int
    /// The SHA-256 of these.
    package let sha256: SHA256Digest

    /// Describes a member.
    package init(_ file: String, size: Int, sha256: SHA256Digest) {
        (self.file, self.size, self.sha256) = (file, size, sha256)
    }

    /// Describes a member whose bytes are at hand.
    package init(_ file: String, _ bytes: [UInt8]) {
        self.init(file, size: bytes.count, sha256: SHA256Hasher.hash(of: bytes))
    }

    /// The description as `bundle.json` has it.
    package var json: JSONValue {
        ["file": .string(file), "size": .count(size), "sha256": .string(sha256.hex)]
    }
}
