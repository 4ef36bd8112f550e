/// A capsule's identity: SHA-256 over its files' modes, paths, lengths and content checksums.
///
/// It depends on neither git's object ids nor on any compression. Hashed are the bytes `amx-capsule-v1` and NUL, then for each
/// file in bytewise order of its whole path: mode (six ASCII digits), space, path, NUL, length (8 bytes, big endian), SHA-256 of the
/// content (32 bytes). Source: `docs/overview.md`, "The digest".
package struct ContentDigest: Hashable, Sendable {
    /// The trailer of commits and releases that states a digest.
    package static let trailer = "Capsule-Digest"

    private static let prefix = "sha256:"

    /// The checksum itself.
    package let sha256: SHA256Digest

    /// Takes a checksum that was computed or recorded before.
    package init(sha256: SHA256Digest) { self.sha256 = sha256 }

    /// Reads `sha256:` and 64 lowercase hexadecimal digits, or gives nil for anything else.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.starts(with: Self.prefix.utf8),
            let digest = SHA256Digest(hex: String(decoding: text.utf8.dropFirst(Self.prefix.utf8.count), as: UTF8.self))
        else { return nil }
        sha256 = digest
    }

    /// `sha256:` and 64 lowercase hexadecimal digits.
    package var text: String { Self.prefix + sha256.hex }
}

extension ContentDigest: CustomStringConvertible {
    package var description: String { text }
}

extension ContentDigest {
    /// Computes a digest from files given one by one in bytewise path order; it belongs to one thread at a time.
    package final class Builder {
        private let hasher = SHA256Hasher()
        private var last: TreePath?
        /// How many files were added.
        package private(set) var count = 0

        /// Starts with no files.
        package init() { start() }

        /// Adds the next file; a path that does not come after the one before it is refused, and nothing is added.
        package func add(
            mode: FileMode, path: TreePath, length: UInt64, content: SHA256Digest
        ) throws(AmxError) {
            if let last, path <= last {
                throw AmxError(
                    .failure,
                    "content digest: '\(TreeRules.printable(path.bytes))' came after '\(TreeRules.printable(last.bytes))', "
                        + "but files are hashed once each in bytewise path order")
            }
            var record: [UInt8] = []
            record.reserveCapacity(path.bytes.count + 48)
            record += mode.octal.utf8
            record.append(UInt8(ascii: " "))
            record += path.bytes
            record.append(0)
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                record.append(UInt8(truncatingIfNeeded: length >> shift))
            }
            record += content.bytes
            hasher.update(record)
            last = path
            count += 1
        }

        /// The digest of all files so far; the builder then starts over with no files.
        package func finish() -> ContentDigest {
            let digest = ContentDigest(sha256: hasher.finish())
            start()
            return digest
        }

        private func start() {
            hasher.update(Array("amx-capsule-v1\0".utf8))
            last = nil
            count = 0
        }
    }
}
