import Glibc
import Objects

/// A hub's last answers about capsules, each in a file of a workspace's cache.
///
/// Derived: a file that is missing, damaged or of another address only costs the transfer of the answer. The time of its last
/// change is when the hub has last said that it holds. Nothing is synced to the disk.
struct IndexCache: Sendable {
    private static let limit = 32 << 20
    private static let version = "amx-index-1"
    private let folder: String

    /// Keeps files below a workspace's folder of caches.
    init(folder: String) { self.folder = "\(folder)/index" }

    /// An answer that was kept.
    struct Entry {
        /// The hub's tag of it.
        let tag: String
        let body: [UInt8]
        /// When the hub has last said so, in seconds since 1970.
        let time: Int64
    }

    /// What is kept of an address.
    func read(_ address: String) -> Entry? {
        let path = path(of: address)
        var status = stat()
        guard lstat(path, &status) == 0, let bytes = try? FileContent.read(path, limit: Self.limit + 8192),
            let end = bytes.firstIndex(of: 0x0A)
        else { return nil }
        let fields = bytes[..<end].split(separator: 0x20, maxSplits: 3).map { String(decoding: $0, as: UTF8.self) }
        let body = Array(bytes[(end + 1)...])
        guard fields.count == 4, fields[0] == Self.version, fields[2] == address,
            fields[1] == SHA256Hasher.hash(of: body).hex
        else { return nil }
        return Entry(tag: fields[3], body: body, time: Int64(status.st_mtim.tv_sec))
    }

    /// Keeps an answer; failing to is no failure.
    func write(_ body: [UInt8], tag: String, of address: String) {
        guard !tag.isEmpty, tag.utf8.count <= 1024, tag.utf8.allSatisfy({ 0x21...0x7E ~= $0 }),
            body.count <= Self.limit
        else { return remove(address) }
        let head = "\(Self.version) \(SHA256Hasher.hash(of: body).hex) \(address) \(tag)\n"
        AtomicFile.writeDerived(Array(head.utf8) + body, to: path(of: address))
    }

    /// Notes that the hub has said again what is kept.
    func confirm(_ address: String) { _ = utimensat(AT_FDCWD, path(of: address), nil, 0) }

    /// Forgets what is kept.
    func remove(_ address: String) { unlink(path(of: address)) }

    private func path(of address: String) -> String { "\(folder)/\(SHA256Hasher.hash(of: Array(address.utf8)).hex)" }
}
