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

    private static let magic = Array("AMXSTAT1".utf8)
    /// Longer than the step of the kernel's clock for files, in nanoseconds.
    private static let clockStep: Int64 = 20_000_000
    /// Longer than the step of file systems that keep whole seconds or pairs of them.
    private static let coarseClockStep: Int64 = 2_100_000_000
    private let path: String
    private var entries: [[UInt8]: (stamp: Stamp, hashes: Hashes)] = [:]
    private var isChanged = false
    private let opened: Int64

    /// Reads the cache of a path; anything wrong with it makes an empty one.
    init(_ path: String) {
        self.path = path
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        opened = Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
        guard let bytes = try? FileContent.read(path, limit: 1 << 28), bytes.count >= Self.magic.count + 32,
            bytes.starts(with: Self.magic),
            SHA256Hasher.hash(of: Array(bytes.dropLast(32))).bytes.elementsEqual(bytes.suffix(32))
        else { return }
        read(bytes[Self.magic.count..<(bytes.count - 32)])
    }

    /// The hashes of a file whose stamp hasn't changed.
    func hashes(of path: [UInt8], stamp: Stamp) -> Hashes? {
        guard let entry = entries[path], entry.stamp == stamp else { return nil }
        return entry.hashes
    }

    /// Remembers what a file hashed to.
    mutating func record(_ path: [UInt8], stamp: Stamp, hashes: Hashes) {
        // A file as young as its reading could change again without a new time.
        let isCoarse = stamp.changed % 1_000_000_000 == 0
        let step = isCoarse ? Self.coarseClockStep : Self.clockStep
        guard max(stamp.modified, stamp.changed) < opened - step else { return }
        entries[path] = (stamp, hashes)
        isChanged = true
    }

    /// Writes the cache, with the given paths only; failures are nobody's concern.
    mutating func save(keeping paths: Set<[UInt8]>) {
        let before = entries.count
        entries = entries.filter { paths.contains($0.key) }
        guard isChanged || entries.count != before else { return }
        var bytes = Self.magic
        for (path, entry) in entries {
            append(UInt64(path.count), to: &bytes)
            bytes += path
            append(UInt64(bitPattern: entry.stamp.size), to: &bytes)
            append(UInt64(bitPattern: entry.stamp.modified), to: &bytes)
            append(UInt64(bitPattern: entry.stamp.changed), to: &bytes)
            append(entry.stamp.inode, to: &bytes)
            append(UInt64(entry.stamp.mode), to: &bytes)
            bytes += entry.hashes.id.bytes
            bytes += entry.hashes.sha256.bytes
        }
        bytes += SHA256Hasher.hash(of: bytes).bytes
        let temporary = "\(path).\(Directory.temporaryName("tmp"))"
        do throws(AmxError) {
            try Directory.create(Directory.parent(of: path))
            // Not fsynced: losing it loses nothing.
            let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try file.write(bytes)
            rename(temporary, path)
        } catch {
            unlink(temporary)
        }
    }

    private func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        func number() -> UInt64? {
            take(8)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        while let length = number(), length <= UInt64(TreeRules.pathBytes), let path = take(Int(length)),
            let size = number(), let modified = number(), let changed = number(), let inode = number(),
            let mode = number(), let id = take(20).flatMap({ ObjectID(bytes: $0) }),
            let sha256 = take(32).flatMap({ SHA256Digest(bytes: $0) })
        {
            let stamp = Stamp(
                size: Int64(bitPattern: size), modified: Int64(bitPattern: modified),
                changed: Int64(bitPattern: changed),
                inode: inode, mode: UInt32(truncatingIfNeeded: mode))
            entries[Array(path)] = (stamp, Hashes(id: id, sha256: sha256))
        }
    }
}
