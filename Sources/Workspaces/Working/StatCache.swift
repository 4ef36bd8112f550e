import Glibc
import Objects

/// What a capsule's working files hashed to when they were last read, so that unchanged ones need not be read again.
///
/// Derived: a missing, damaged or outdated file only costs time. An entry is believed while size, times and inode of its
/// file are the same, and is only kept when the file was older than its reading by more than the clock's step.
struct StatCache {
    /// What tells a file from a changed one.
    struct Stamp: Hashable {
        var size: Int64
        var modified: Int64
        var changed: Int64
        var inode: UInt64
        var mode: UInt32

        init(_ status: stat) {
            size = Int64(status.st_size)
            modified = Self.nanoseconds(status.st_mtim)
            changed = Self.nanoseconds(status.st_ctim)
            inode = UInt64(status.st_ino)
            mode = status.st_mode
        }

        fileprivate init(size: Int64, modified: Int64, changed: Int64, inode: UInt64, mode: UInt32) {
            (self.size, self.modified, self.changed, self.inode, self.mode) = (size, modified, changed, inode, mode)
        }

        /// Takes the numbers into a hash.
        func add(to hasher: SHA256Hasher) {
            withUnsafeBytes(of: (size, modified, changed, inode, UInt64(mode))) { hasher.update($0) }
        }

        private static func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
    }

    /// The hashes of a file's content.
    struct Hashes: Hashable {
        var id: ObjectID
        var sha256: SHA256Digest

        init(id: ObjectID, sha256: SHA256Digest) {
            self.id = id
            self.sha256 = sha256
        }

        /// Hashes a file's bytes.
        init(of bytes: [UInt8]) throws(AmxError) {
            id = try bytes.span.withUnsafeBytes { buffer throws(AmxError) in
                try Repository.objectID(of: buffer, kind: .blob)
            }
            sha256 = SHA256Hasher.hash(of: bytes)
        }
    }

    private struct Entry {
        var path: [UInt8]
        var stamp: Stamp
        var hashes: Hashes
    }

    private static let magic = Array("AMXSTAT2".utf8)
    private let path: String
    private let opened: StatMoment
    /// What the file holds, in bytewise path order.
    private var known: [Entry] = []
    /// Where the next path of an ordered series of questions is looked for.
    private var cursor = 0
    /// What has been found or recorded, and is kept.
    private var kept: [Entry] = []
    private var isChanged = false

    /// Reads the cache of a path; anything wrong with it makes an empty one.
    init(_ path: String) {
        self.path = path
        opened = .now
        guard let bytes = try? FileContent.read(path, limit: 1 << 28), bytes.starts(with: Self.magic) else { return }
        bytes.withUnsafeBytes { buffer in
            let end = buffer.count - SHA256Digest.byteCount
            guard end >= Self.magic.count else { return }
            let content = UnsafeRawBufferPointer(rebasing: buffer[..<end])
            guard SHA256Hasher.hash(of: content).bytes.elementsEqual(buffer[end...]) else { return }
            known = Self.entries(in: UnsafeRawBufferPointer(rebasing: content[Self.magic.count...]))
        }
    }

    /// The hashes of a file whose stamp hasn't changed; quickest when asked in bytewise path order.
    mutating func hashes(of path: [UInt8], stamp: Stamp) -> Hashes? {
        if cursor > 0, !known[cursor - 1].path.lexicographicallyPrecedes(path) { cursor = 0 }
        while cursor < known.count, known[cursor].path.lexicographicallyPrecedes(path) { cursor += 1 }
        guard cursor < known.count, known[cursor].path == path, known[cursor].stamp == stamp else { return nil }
        kept.append(known[cursor])
        return known[cursor].hashes
    }

    /// Remembers what a file hashed to.
    mutating func record(_ path: [UInt8], stamp: Stamp, hashes: Hashes) {
        guard opened.isLater(than: stamp) else { return }
        kept.append(Entry(path: path, stamp: stamp, hashes: hashes))
        isChanged = true
    }

    /// Writes what has been found and recorded, if that is news; failures are nobody's concern.
    func save() {
        guard isChanged || kept.count != known.count else { return }
        var bytes = Self.magic
        for entry in kept.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
            append(UInt64(entry.path.count), to: &bytes)
            append(UInt64(bitPattern: entry.stamp.size), to: &bytes)
            append(UInt64(bitPattern: entry.stamp.modified), to: &bytes)
            append(UInt64(bitPattern: entry.stamp.changed), to: &bytes)
            append(entry.stamp.inode, to: &bytes)
            append(UInt64(entry.stamp.mode), to: &bytes)
            bytes += entry.hashes.id.bytes
            bytes += entry.hashes.sha256.bytes
            bytes += entry.path
        }
        bytes += SHA256Hasher.hash(of: bytes).bytes
        AtomicFile.writeDerived(bytes, to: path)
    }

    private func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Six numbers, the two hashes, the path.
    private static let headerBytes = 6 * 8 + ObjectID.byteCount + SHA256Digest.byteCount

    private static func entries(in bytes: UnsafeRawBufferPointer) -> [Entry] {
        var entries: [Entry] = []
        var start = 0
        while bytes.count - start >= headerBytes {
            let numbers = (0..<6).map { index in
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self))
            }
            let (ids, sums) = (start + 48, start + 48 + ObjectID.byteCount)
            start += headerBytes
            guard let length = Int(exactly: numbers[0]), length <= bytes.count - start,
                let id = ObjectID(bytes: UnsafeRawBufferPointer(rebasing: bytes[ids..<sums])),
                let sha256 = SHA256Digest(bytes: UnsafeRawBufferPointer(rebasing: bytes[sums..<start]))
            else { return entries }
            let stamp = Stamp(
                size: Int64(bitPattern: numbers[1]), modified: Int64(bitPattern: numbers[2]),
                changed: Int64(bitPattern: numbers[3]), inode: numbers[4], mode: UInt32(truncatingIfNeeded: numbers[5]))
            entries.append(
                Entry(
                    path: Array(bytes[start..<(start + length)]), stamp: stamp,
                    hashes: Hashes(id: id, sha256: sha256)))
            start += length
        }
        return entries
    }
}
