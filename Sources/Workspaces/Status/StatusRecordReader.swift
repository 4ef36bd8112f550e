import Capsules
import Objects

/// Reads the records of a status cache, as `StatusRecordWriter` writes them; ends at the first that is not whole.
struct StatusRecordReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// Starts at the first record.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next record, with its paths as places in the whole file; nil at the end.
    mutating func next() -> (CapsuleStatus, SHA256Digest, repository: Range<Int>, form: Range<Int>)? {
        guard let digestPlace = take(SHA256Digest.byteCount), let headPlace = take(ObjectID.byteCount),
            let formPlace = take(1), let ahead = number(), let behind = number(), let id = text(),
            let branch = text(), let upstream = text(), let repository = field(), let form = field()
        else { return nil }
        let parts = bytes.withUnsafeBytes { buffer in
            (
                SHA256Digest(bytes: slice(buffer, digestPlace)), ObjectID(bytes: slice(buffer, headPlace)),
                buffer[formPlace.lowerBound - bytes.startIndex]
            )
        }
        guard let digest = parts.0, let head = parts.1, let id = try? CapsuleID(id) else { return nil }
        let status = CapsuleStatus(
            id: id, form: parts.2 == 1 ? .packed : .directory, branch: branch, head: head, state: .clean, changes: [],
            upstream: upstream.isEmpty ? nil : upstream, ahead: ahead, behind: behind, problem: nil)
        return (status, digest, repository, form)
    }

    private func slice(_ buffer: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
        let start = range.lowerBound - bytes.startIndex
        return UnsafeRawBufferPointer(rebasing: buffer[start..<(start + range.count)])
    }

    private mutating func take(_ count: Int) -> Range<Int>? {
        guard count >= 0, count <= bytes.endIndex - position else { return nil }
        defer { position += count }
        return position..<(position + count)
    }

    private mutating func number() -> Int? {
        guard let place = take(8) else { return nil }
        var value: UInt64 = 0
        for byte in bytes[place].reversed() { value = value << 8 | UInt64(byte) }
        return Int(exactly: value)
    }

    private mutating func field() -> Range<Int>? {
        guard let count = number() else { return nil }
        return take(count)
    }

    private mutating func text() -> String? {
        guard let place = field() else { return nil }
        return String(validating: bytes[place], as: UTF8.self)
    }
}
