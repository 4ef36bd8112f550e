import Objects

/// A hub's last answer about an owner's references, in a file of a workspace's cache.
///
/// Derived: one that is missing, damaged or of another place only costs the transfer of the answer.
struct OwnerRefsCache {
    private static let limit = 256 << 20
    private let path: String
    private let place: String

    init(folder: String, place: String) {
        path = "\(folder)/refs/\(SHA256Hasher.hash(of: Array(place.utf8)).hex)"
        self.place = place
    }

    /// The answer's tag and body, with the body's hash.
    func read() -> (tag: String, body: [UInt8], digest: SHA256Digest)? {
        guard let bytes = try? FileContent.read(path, limit: Self.limit + 4096),
            let end = bytes.firstIndex(of: 0x0A)
        else { return nil }
        let fields = bytes[..<end].split(separator: 0x20, maxSplits: 3).map { String(decoding: $0, as: UTF8.self) }
        let body = Array(bytes[(end + 1)...])
        let digest = SHA256Hasher.hash(of: body)
        guard fields.count == 4, fields[0] == Self.version, fields[1] == digest.hex,
            fields[2] == place
        else { return nil }
        return (fields[3], body, digest)
    }

    /// Keeps an answer; failing to is no failure.
    func write(tag: String, _ body: [UInt8]) {
        guard tag.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), body.count <= Self.limit else { return }
        let head = "\(Self.version) \(SHA256Hasher.hash(of: body).hex) \(place) \(tag)\n"
        try? Directory.create(Directory.parent(of: path))
        try? AtomicFile.write(Array(head.utf8) + body, to: path)
    }

    private static let version = "amx-owner-refs-1"
}
