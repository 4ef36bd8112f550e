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
        try? Directory.create(folder)
        let temporary = "\(folder)/\(Directory.temporaryName(".tmp"))"
        do throws(AmxError) {
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
            try file.write(Array(head.utf8))
            try file.write(body)
        } catch {
            unlink(temporary)
            return
        }
        if rename(temporary, path(of: address)) != 0 { unlink(temporary) }
    }

    /// Notes that the hub has said again what is kept.
    func confirm(_ address: String) { _ = utimensat(AT_FDCWD, path(of: address), nil, 0) }

    /// Forgets what is kept.
    func remove(_ address: String) { unlink(path(of: address)) }

    private func path(of address: String) -> String { "\(folder)/\(SHA256Hasher.hash(of: Array(address.utf8)).hex)" }
}
