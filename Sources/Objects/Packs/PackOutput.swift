/// The bytes of a pack on their way out: small pieces are gathered, large ones go through, and the checksum ends them.
///
/// Not for use by several threads at once.
final class PackOutput {
    /// What gathers before it goes out.
    private static let pieceBytes = 1 << 16

    private let sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    private let checksum = PackChecksum()
    private var pending: [UInt8] = []
    /// The bytes so far.
    private(set) var position: UInt64 = 0

    init(to sink: @escaping (UnsafeRawBufferPointer) throws(AmxError) -> Void) {
        self.sink = sink
        pending.reserveCapacity(2 * Self.pieceBytes)
    }

    /// Writes the header of a pack of so many objects.
    func begin(_ objects: Int, of repository: Repository) throws(AmxError) {
        guard let count = UInt32(exactly: objects) else {
            throw AmxError(.failure, "cannot write a pack of \(repository.path): it has too many objects")
        }
        try write(Array("PACK".utf8) + [0, 0, 0, 2] + withUnsafeBytes(of: count.bigEndian) { Array($0) })
    }

    func write(_ bytes: [UInt8]) throws(AmxError) {
        try bytes.span.withUnsafeBytes { bytes throws(AmxError) in try write(bytes) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        position += UInt64(bytes.count)
        if bytes.count < Self.pieceBytes {
            pending.append(contentsOf: bytes)
            if pending.count >= Self.pieceBytes { try flush() }
            return
        }
        try flush()
        // In pieces, so that whoever shows progress or waits for an interruption is asked now and then.
        var rest = bytes
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(4 * Self.pieceBytes))
            try send(piece)
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
        }
    }

    /// Sends what is pending and the checksum of all.
    func finish() throws(AmxError) {
        pending.withUnsafeBytes { checksum.update($0) }
        let last = pending + checksum.finish().bytes
        pending = []
        try last.span.withUnsafeBytes { bytes throws(AmxError) in try sink(bytes) }
    }

    private func flush() throws(AmxError) {
        guard !pending.isEmpty else { return }
        let piece = pending
        try piece.span.withUnsafeBytes { bytes throws(AmxError) in try send(bytes) }
        pending = []
        pending.reserveCapacity(2 * Self.pieceBytes)
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws(AmxError) {
        checksum.update(bytes)
        try sink(bytes)
    }
}
