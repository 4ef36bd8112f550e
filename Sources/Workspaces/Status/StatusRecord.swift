import Capsules
import Objects

/// Where the parts of one capsule's record lie in a status cache's bytes.
struct StatusRecord: Sendable {
    /// The capsule's id.
    let id: Range<Int>
    /// The hash over the metadata that the status depends on.
    let digest: Range<Int>
    /// The paths of that metadata, each ended by NUL.
    let repositoryPaths: Range<Int>
    /// The paths of that metadata, each ended by NUL.
    let formPaths: Range<Int>
    /// The form that the capsule lies in.
    let form: Form
    private let head: Range<Int>
    private let branch: Range<Int>
    private let upstream: Range<Int>
    private let ahead: Int
    private let behind: Int

    /// Reads the record at a position and moves behind it; nil for one that is not whole.
    init?(_ bytes: UnsafeRawBufferPointer, at position: inout Int, end: Int) {
        var fields = Fields(position: position, end: end)
        guard let digest = fields.take(SHA256Digest.byteCount), let head = fields.take(ObjectID.byteCount),
            let form = fields.take(1), let ahead = fields.number(bytes), let behind = fields.number(bytes),
            let id = fields.field(bytes), let branch = fields.field(bytes), let upstream = fields.field(bytes),
            let repositoryPaths = fields.field(bytes), let formPaths = fields.field(bytes)
        else { return nil }
        self.id = id
        self.digest = digest
        self.head = head
        self.form = bytes[form.lowerBound] == 1 ? .packed : .directory
        self.ahead = ahead
        self.behind = behind
        self.branch = branch
        self.upstream = upstream
        self.repositoryPaths = repositoryPaths
        self.formPaths = formPaths
        position = fields.position
    }

    /// The status that the record tells of.
    func status(of id: CapsuleID, in bytes: [UInt8]) -> CapsuleStatus {
        let upstream = String(decoding: bytes[upstream], as: UTF8.self)
        let head = ObjectID(bytes: bytes[head])
        return CapsuleStatus(
            id: id, form: form, branch: String(decoding: bytes[branch], as: UTF8.self), head: head, base: head,
            state: .clean, changes: [], upstream: upstream.isEmpty ? nil : upstream, ahead: ahead, behind: behind,
            problem: nil)
    }

    /// Steps over fields: numbers are eight bytes little-endian, texts and lists have their length before them.
    private struct Fields {
        var position: Int
        let end: Int

        mutating func take(_ count: Int) -> Range<Int>? {
            guard count >= 0, count <= end - position else { return nil }
            defer { position += count }
            return position..<(position + count)
        }

        mutating func number(_ bytes: UnsafeRawBufferPointer) -> Int? {
            guard let place = take(8) else { return nil }
            return Int(
                exactly: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place.lowerBound, as: UInt64.self)))
        }

        mutating func field(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
            guard let count = number(bytes) else { return nil }
            return take(count)
        }
    }
}
