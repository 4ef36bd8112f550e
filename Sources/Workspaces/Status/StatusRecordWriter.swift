import Capsules
import Objects

/// Writes the records of a status cache: each a length and its fields, numbers little-endian, texts with their length before.
struct StatusRecordWriter {
    private var bytes: [UInt8]

    /// Starts with the file's header.
    init(_ header: [UInt8]) { bytes = header }

    /// Adds a clean capsule; the paths are each ended by NUL.
    mutating func add(
        _ status: CapsuleStatus, digest: ArraySlice<UInt8>, repositoryPaths: ArraySlice<UInt8>,
        formPaths: ArraySlice<UInt8>
    ) {
        guard status.state == .clean, let form = status.form, let head = status.head else { return }
        bytes += digest
        bytes += head.bytes
        bytes.append(form == .packed ? 1 : 0)
        number(status.ahead)
        number(status.behind)
        for text in [status.id.string, status.branch, status.upstream ?? ""] { field(Array(text.utf8)[...]) }
        field(repositoryPaths)
        field(formPaths)
    }

    /// The file's bytes, with the hash of all before it at their end.
    consuming func finish() -> [UInt8] {
        bytes += SHA256Hasher.hash(of: bytes).bytes
        return bytes
    }

    private mutating func number(_ value: Int) {
        withUnsafeBytes(of: UInt64(value).littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func field(_ value: ArraySlice<UInt8>) {
        number(value.count)
        bytes += value
    }
}
