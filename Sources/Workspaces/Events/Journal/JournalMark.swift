import Glibc
import Objects

/// How far a journal is known to be on the disk: the content of `.aimatrix/journal.sync`.
///
/// Written after each sync, read by all who wait for one. The file itself is never synced: after a crash it may be old or gone, which
/// costs one sync more.
struct JournalMark: Sendable, Hashable {
    private static let byteCount = 24

    /// The journal that it is about.
    var generation: UInt64
    /// The bytes from the start of the file that are durable.
    var durable: Int
    /// Whether a sync has failed: nothing beyond ``durable`` counts, and nothing more is to be written to this journal.
    var hasFailed = false

    /// The mark in the lock's file; nil when there is none that can be read, or somebody who holds the lock has written half of it.
    static func read(_ lock: BriefLock) -> JournalMark? { JournalMark(lock.content) }

    /// The mark in a file of a workspace; nil when there is none that can be read.
    static func read(_ path: String) -> JournalMark? {
        read(looking: {
            guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW),
                let bytes = try? file.read(at: 0, count: byteCount), bytes.count == byteCount
            else { return nil }
            var content = BriefLock.Content()
            for index in 0..<3 { content[index] = bytes.littleEndian(UInt64.self, at: 8 * index) }
            return content
        })
    }

    /// The mark in what a few looks without the lock give, since one alone may see half of what somebody is writing.
    static func read(looking look: () -> BriefLock.Content?) -> JournalMark? {
        for attempt in 0..<8 {
            guard let content = look(), content != BriefLock.Content() else { return nil }
            if let mark = JournalMark(content) { return mark }
            usleep(100 << attempt)
        }
        return nil
    }

    /// Replaces the mark; the caller holds the lock.
    func write(_ lock: BriefLock) throws(AmxError) {
        do throws(AmxError) {
            try lock.write(content, count: 3)
        } catch {
            throw AmxError(
                error.code, "cannot note how far the journal is on the disk: \(error.message)", hint: error.hint,
                cause: error)
        }
    }
}

extension JournalMark {
    private var content: BriefLock.Content {
        var content = BriefLock.Content(generation, UInt64(durable), hasFailed ? 1 : 0, 0)
        content[2] |= UInt64(CRC32C.checksum(of: content, count: 20)) << 32
        return content
    }

    private init?(_ content: BriefLock.Content) {
        guard CRC32C.checksum(of: content, count: 20) == UInt32(truncatingIfNeeded: content[2] >> 32) else {
            return nil
        }
        self.init(
            generation: content[0], durable: Int(clamping: content[1]),
            hasFailed: UInt32(truncatingIfNeeded: content[2]) != 0)
    }
}

extension CRC32C {
    /// The checksum of the first bytes of numbers, each with its lowest byte first.
    static func checksum(of content: BriefLock.Content, count: Int) -> UInt32 {
        var bytes = BriefLock.Content()
        for index in 0..<4 { bytes[index] = content[index].littleEndian }
        var crc = CRC32C()
        withUnsafeBytes(of: bytes) { crc.update(UnsafeRawBufferPointer(rebasing: $0[..<min(count, $0.count)])) }
        return crc.value
    }
}
