import Capsules
import Objects

/// One event in a journal.
///
/// A record is the line's length (4 bytes), a checksum (4 bytes), the line, and NULs up to a multiple of eight. The checksum covers the
/// one before it, the sequence and the line: so a record fits only where it was written, and what an earlier, torn append has left
/// behind is never taken for one.
struct JournalRecord: Sendable, Hashable {
    /// The event's place in the chain.
    let sequence: Int64
    /// The event's canonical line.
    let line: [UInt8]
    /// The place in the file after the record.
    let end: Int

    /// The bytes that a line takes in a journal.
    static func byteCount(ofLine count: Int) -> Int { 8 + (count + 7) / 8 * 8 }

    /// The event; `.verification` when the line is none of this replica's.
    func event(of replica: ReplicaID) throws(AmxError) -> Event {
        do throws(EventDefect) {
            return try Event(line: line, of: replica)
        } catch {
            throw AmxError(
                .verification, "event \(sequence) of the journal is damaged: \(error)",
                hint: "run `amx audit` to see what else is wrong")
        }
    }

    /// The checksum of a record after that of the one before.
    static func checksum(after previous: UInt32, sequence: Int64, line: ArraySlice<UInt8>) -> UInt32 {
        var crc = CRC32C()
        withUnsafeBytes(of: previous.littleEndian) { crc.update($0) }
        withUnsafeBytes(of: sequence.littleEndian) { crc.update($0) }
        line.withUnsafeBytes { crc.update($0) }
        return crc.value
    }
}

/// Where the valid part of a journal ends, and what comes next there.
struct JournalEnd: Sendable, Hashable {
    /// The place in the file.
    var offset: Int
    /// The sequence of the last record, or the header's.
    var sequence: Int64
    /// The checksum of the last record, or the header's.
    var checksum: UInt32

    init(offset: Int, sequence: Int64, checksum: UInt32) {
        (self.offset, self.sequence, self.checksum) = (offset, sequence, checksum)
    }

    /// The end of a journal without records.
    init(_ header: JournalHeader) {
        self.init(offset: JournalHeader.byteCount, sequence: header.base, checksum: header.checksum)
    }

    /// The bytes of records for some lines, one after the other; this becomes the end after them.
    mutating func encode(_ lines: [[UInt8]]) -> (bytes: [UInt8], records: [JournalRecord]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + JournalRecord.byteCount(ofLine: $1.count) })
        var records: [JournalRecord] = []
        for line in lines {
            sequence += 1
            checksum = JournalRecord.checksum(after: checksum, sequence: sequence, line: line[...])
            bytes.append(littleEndian: UInt32(line.count))
            bytes.append(littleEndian: checksum)
            bytes.append(contentsOf: line)
            bytes.append(
                contentsOf: repeatElement(0, count: JournalRecord.byteCount(ofLine: line.count) - 8 - line.count))
            offset += JournalRecord.byteCount(ofLine: line.count)
            records.append(JournalRecord(sequence: sequence, line: line, end: offset))
        }
        return (bytes, records)
    }

    /// Takes the valid records at the start of bytes that begin here; this becomes the end after them.
    mutating func decode(_ bytes: [UInt8]) -> [JournalRecord] {
        var records: [JournalRecord] = []
        var position = 0
        while bytes.count - position >= 8 {
            let count = Int(bytes.littleEndian(UInt32.self, at: position))
            guard (1...Event.lineLimit).contains(count),
                bytes.count - position >= JournalRecord.byteCount(ofLine: count),
                sequence < .max
            else { break }
            let line = bytes[(position + 8)..<(position + 8 + count)]
            let found = JournalRecord.checksum(after: checksum, sequence: sequence + 1, line: line)
            guard found == bytes.littleEndian(UInt32.self, at: position + 4) else { break }
            position += JournalRecord.byteCount(ofLine: count)
            offset += JournalRecord.byteCount(ofLine: count)
            sequence += 1
            checksum = found
            records.append(JournalRecord(sequence: sequence, line: Array(line), end: offset))
        }
        return records
    }
}
