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

    /// Reads the mark; nil when there is none that can be read.
    static func read(_ descriptor: Int32) -> JournalMark? {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        guard pread(descriptor, &bytes, byteCount, 0) == byteCount,
            bytes.littleEndian(UInt32.self, at: 20) == CRC32C.checksum(of: bytes[..<20])
        else { return nil }
        let durable = Int(clamping: bytes.littleEndian(UInt64.self, at: 8))
        return JournalMark(
            generation: bytes.littleEndian(UInt64.self, at: 0), durable: durable,
            hasFailed: bytes.littleEndian(UInt32.self, at: 16) != 0)
    }

    /// Replaces the mark; the caller holds the lock of its file.
    func write(_ descriptor: Int32) throws(AmxError) {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: generation)
        bytes.append(littleEndian: UInt64(durable))
        bytes.append(littleEndian: UInt32(hasFailed ? 1 : 0))
        bytes.append(littleEndian: CRC32C.checksum(of: bytes))
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw AmxError.system("cannot note how far the journal is on the disk")
        }
    }
}
