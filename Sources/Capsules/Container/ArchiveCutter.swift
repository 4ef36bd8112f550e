import Objects

/// Cuts a tar archive into zstd frames by the rule of `docs/format-kc.md`, section 3, and writes them to a sink.
///
/// Memory is one piece of 1 MiB and its compressed form.
struct ArchiveCutter: ~Copyable {
    private let encoder: ZstdEncoder
    private var piece: [UInt8] = []
    private(set) var seekTable = SeekTable()

    /// Starts an archive.
    init(level: Int32) throws(AmxError) {
        encoder = try ZstdEncoder(level: level)
        piece.reserveCapacity(ContainerFormat.frameBytes)
    }

    private var room: Int { ContainerFormat.frameBytes - piece.count }

    /// Writes an entry's headers; returns the frame and the offset of the byte that follows them.
    mutating func begin(
        _ header: [UInt8], size: Int, to sink: ContentSink
    ) throws(AmxError) -> (frame: Int, offset: Int) {
        let total = header.count + size + TarHeader.padding(after: size)
        if total <= ContainerFormat.frameBytes, total > room { try cut(to: sink) }
        try header.withUnsafeBufferPointer { buffer throws(AmxError) in
            try append(UnsafeRawBufferPointer(buffer), to: sink)
        }
        return (seekTable.frames.count, piece.count)
    }

    /// Writes the next bytes of the archive.
    mutating func append(_ bytes: UnsafeRawBufferPointer, to sink: ContentSink) throws(AmxError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(room)
            piece.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            // A full piece is closed at once, so that a place in the archive always lies inside the frame that is open.
            if room == 0 { try cut(to: sink) }
        }
    }

    /// Fills an entry up to whole blocks; a large entry's last piece ends with it.
    mutating func end(headerBytes: Int, size: Int, to sink: ContentSink) throws(AmxError) {
        let padding = TarHeader.padding(after: size)
        try zeros(padding, to: sink)
        if headerBytes + size + padding > ContainerFormat.frameBytes { try cut(to: sink) }
    }

    /// Writes the end of the archive, the index and the seek table.
    mutating func finish(_ index: ContainerIndex, to sink: ContentSink) throws(AmxError) {
        let end = 2 * TarHeader.blockBytes
        if end > room { try cut(to: sink) }
        try zeros(end, to: sink)
        try cut(to: sink)
        let frame = try index.encoded(with: encoder)
        try write(frame, to: sink)
        try write(seekTable.encoded(indexBytes: frame.count), to: sink)
    }

    private mutating func zeros(_ count: Int, to sink: ContentSink) throws(AmxError) {
        let zeros = [UInt8](repeating: 0, count: count)
        try zeros.withUnsafeBufferPointer { buffer throws(AmxError) in
            try append(UnsafeRawBufferPointer(buffer), to: sink)
        }
    }

    private mutating func cut(to sink: ContentSink) throws(AmxError) {
        guard !piece.isEmpty else { return }
        let frame = try encoder.frame(piece)
        seekTable.append(frame, inflating: piece.count)
        piece.removeAll(keepingCapacity: true)
        try write(frame, to: sink)
    }

    private func write(_ bytes: [UInt8], to sink: ContentSink) throws(AmxError) {
        try bytes.withUnsafeBufferPointer { buffer throws(AmxError) in try sink(UnsafeRawBufferPointer(buffer)) }
    }
}
