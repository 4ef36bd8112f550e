import Objects

/// Where a journal ends: the content of `.aimatrix/journal.lock`, so that a writer need not read what others have written.
///
/// Written after each append by whoever holds the lock, and never synced. Records may follow, of a writer that was killed in between, so it
/// is looked there once more. Only who has read a journal itself may rely on a note of it: one that a machine's failure has
/// left behind may tell of records that are gone.
struct JournalNote: Sendable, Hashable {
    /// The journal that it is about.
    let generation: UInt64
    /// Where it ends.
    let end: JournalEnd

    /// The note in the lock's file; nil when there is none that can be read.
    static func read(_ lock: BriefLock) -> JournalNote? {
        let content = lock.content
        guard CRC32C.checksum(of: content, count: 28) == UInt32(truncatingIfNeeded: content[3] >> 32) else {
            return nil
        }
        let end = JournalEnd(
            offset: Int(clamping: content[1]), sequence: Int64(clamping: content[2]),
            checksum: UInt32(truncatingIfNeeded: content[3]))
        return JournalNote(generation: content[0], end: end)
    }

    /// Replaces the note; the caller holds the lock.
    func write(_ lock: BriefLock) throws(AmxError) {
        var content = BriefLock.Content(
            generation, UInt64(end.offset), UInt64(bitPattern: end.sequence), UInt64(end.checksum))
        content[3] |= UInt64(CRC32C.checksum(of: content, count: 28)) << 32
        try lock.write(content)
    }
}
