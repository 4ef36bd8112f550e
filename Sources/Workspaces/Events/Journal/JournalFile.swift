import Glibc
import Objects

/// An open journal file and the records that have been read of it so far.
///
/// Other processes write on; ``readOn()`` takes in what is new. Used from one thread.
final class JournalFile {
    /// What stands at its start.
    let header: JournalHeader
    /// All records so far.
    private(set) var records: [JournalRecord] = []
    /// Where they end.
    private(set) var end: JournalEnd
    private let file: OpenFile
    private let path: String
    private let identity: (device: UInt64, inode: UInt64)
    var descriptor: Int32 { file.descriptor }

    /// Opens the journal at a path and reads its header; nil when there is none, `.verification` when it is damaged.
    static func open(_ path: String) throws(AmxError) -> JournalFile? {
        do throws(AmxError) {
            return try JournalFile(path)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    private init(_ path: String) throws(AmxError) {
        let file = try OpenFile(path, O_RDWR | O_NOFOLLOW)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG,
            let header = JournalHeader(try file.read(at: 0, count: JournalHeader.byteCount))
        else {
            throw AmxError(
                .verification, "the event journal \(path) is damaged at its start", hint: Self.damaged(path))
        }
        self.header = header
        self.path = path
        identity = (UInt64(status.st_dev), UInt64(status.st_ino))
        end = JournalEnd(header)
        self.file = file
    }

    /// When its first event was taken; nil when it has none that can be read.
    private(set) lazy var oldest: EventTime? = records.first.flatMap { record in
        try? Event(line: record.line, of: header.replica).time
    }

    /// Whether the path still leads to this file.
    var isCurrent: Bool {
        var status = stat()
        return stat(path, &status) == 0 && UInt64(status.st_ino) == identity.inode
            && UInt64(status.st_dev) == identity.device
    }

    /// Takes in the records that have come since; at most up to a place in the file.
    func readOn(to limit: Int = .max) throws(AmxError) {
        var size = 1 << 12
        while end.offset < limit {
            let start = end.offset
            let bytes = try file.read(at: start, count: min(size, limit - start))
            let isLast = bytes.count < size
            let found = end.decode(bytes)
            records.append(contentsOf: found)
            let rest = end.offset - start
            if bytes.count - rest >= 4, bytes.littleEndian(UInt32.self, at: rest) == 0 { return }
            if isLast || found.isEmpty && size > JournalRecord.byteCount(ofLine: Event.lineLimit) { return }
            if found.isEmpty {
                // Nothing, or a record that is longer than what was read.
                let count = Int(bytes.littleEndian(UInt32.self, at: 0))
                guard count > 0, count <= Event.lineLimit else { return }
                guard JournalRecord.byteCount(ofLine: count) > size else { return }
            }
            size = min(size * 4, 1 << 20)
        }
    }

    /// The events so far that are wanted.
    func events(of query: EventQuery) throws(AmxError) -> [Event] {
        let needle = EventNeedle(query)
        var events: [Event] = []
        for record in records where needle?.matches(record.line) != false {
            let event = try record.event(of: header.replica)
            if query.matches(event) { events.append(event) }
        }
        return events
    }

    /// Writes lines after the last record, which the caller has read on to under the journal's lock.
    func append(_ lines: [[UInt8]]) throws(AmxError) -> [JournalRecord] {
        var after = end
        let (bytes, added) = after.encode(lines)
        try fill(to: after.offset)
        try write(bytes, at: end.offset)
        end = after
        records.append(contentsOf: added)
        return added
    }

    /// Fills the file with NULs ahead of what is written, so that an append changes no size: as much again as there is, from
    /// 64 KiB to 1 MiB at a time.
    private func fill(to offset: Int) throws(AmxError) {
        let size = Int(try file.status().st_size)
        guard offset > size else { return }
        let wanted = offset + min(max(size, 1 << 16), 1 << 20)
        try write([UInt8](repeating: 0, count: wanted - size), at: size)
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(AmxError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + done))
            }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                throw AmxError.system("cannot write \(path)")
            }
        }
    }

    /// What to do about a journal that cannot be read.
    static func damaged(_ path: String) -> String {
        "run `amx audit`; restore the file from a backup, or move it away: then its events are gone that are not in the chain yet"
    }
}
