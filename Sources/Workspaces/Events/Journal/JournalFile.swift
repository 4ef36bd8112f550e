import Glibc
import Objects

/// An open journal file and the records that have been read of it so far.
///
/// Other processes write on. Where they tell how far, ``skip(to:)`` goes there without reading; ``readOn()`` takes in what is new. Used
/// from one thread.
final class JournalFile {
    /// What stands at its start.
    let header: JournalHeader
    /// All records that have been read, from the first one on.
    private(set) var records: [JournalRecord] = []
    /// Where those end.
    private var read: JournalEnd
    /// Where the journal ends, as far as is known: there or further on.
    private(set) var end: JournalEnd
    private let file: OpenFile
    private let path: String
    private let identity: FileIdentity
    /// How long the file is at least.
    private var size = 0
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
        guard let identity = FileIdentity(descriptor: file.descriptor) else {
            throw AmxError.system("cannot stat \(path)")
        }
        self.header = header
        self.path = path
        self.identity = identity
        end = JournalEnd(header)
        read = end
        self.file = file
    }

    /// How many records it has.
    var count: Int64 { end.sequence - header.base }

    /// When its first event was taken; nil when it has none that can be read, or a very long one that nobody has read yet.
    private(set) lazy var oldest: EventTime? = {
        var start = JournalEnd(header)
        let bytes = records.isEmpty ? try? file.read(at: start.offset, count: 1 << 12) : nil
        let first = records.first ?? bytes.flatMap { start.decode($0).first }
        return first.flatMap { try? Event(line: $0.line, of: header.replica).time }
    }()

    /// Whether the path still leads to this file.
    var isCurrent: Bool { FileIdentity(path) == identity }

    /// Goes to an end that somebody who holds the lock has noted.
    func skip(to end: JournalEnd) { if end.offset > self.end.offset { self.end = end } }

    /// Whether something stands where it ends.
    func goesOn() throws(AmxError) -> Bool {
        try file.read(at: end.offset, count: 4).littleEndian(UInt32.self, at: 0) != 0
    }

    /// Whether it has never been written to, as one that was just begun for a new id.
    func isBlank() throws(AmxError) -> Bool {
        try readOn()
        let goesOn = try goesOn()
        return header.base == 0 && header.commit == nil && records.isEmpty && !goesOn
    }

    /// Takes in the records that have come since; at most up to a place in the file.
    func readOn(to limit: Int = .max) throws(AmxError) {
        defer { if read.offset > end.offset { end = read } }
        var size = 1 << 12
        while read.offset < limit {
            let start = read.offset
            let bytes = try file.read(at: start, count: min(size, limit - start))
            let isLast = bytes.count < size
            let found = read.decode(bytes)
            records.append(contentsOf: found)
            let rest = read.offset - start
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

    /// The events that have been read and are wanted.
    func events(of query: EventQuery) throws(AmxError) -> [Event] {
        let needle = EventNeedle(query)
        var events: [Event] = []
        for record in records where needle?.matches(record.line) != false {
            let event = try record.event(of: header.replica)
            if query.matches(event) { events.append(event) }
        }
        return events
    }

    /// Writes lines at the end, which the caller knows under the journal's lock.
    func append(_ lines: [[UInt8]]) throws(AmxError) -> [JournalRecord] {
        var after = end
        let (bytes, added) = after.encode(lines)
        try fill(to: after.offset)
        try write(bytes, at: end.offset)
        if read.offset == end.offset {
            read = after
            records.append(contentsOf: added)
        }
        end = after
        return added
    }

    /// Fills the file with NULs ahead of what is written, so that an append changes no size: as much again as there is, from
    /// 64 KiB to 1 MiB at a time.
    private func fill(to offset: Int) throws(AmxError) {
        guard offset > size else { return }
        size = Int(try file.status().st_size)
        guard offset > size else { return }
        let wanted = offset + min(max(size, 1 << 16), 1 << 20)
        try write([UInt8](repeating: 0, count: wanted - size), at: size)
        size = wanted
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
        "run `amx audit`; restore the file from a backup, or go on under a new id with `amx events --set-aside`, naming the first line of .aimatrix/replica: events that are not in the chain yet stay in the file then, which gets another name"
    }
}
