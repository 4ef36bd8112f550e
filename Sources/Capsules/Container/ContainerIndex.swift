import Objects

/// The index of a `.kc` file: where each file's content lies, for reading one without the others.
///
/// It is a hint until a full pass has compared it with the archive. Layout: `docs/format-kc.md`, section 4.
struct ContainerIndex: Sendable {
    /// What the index says of one file.
    struct Entry: Hashable, Sendable {
        var path: [UInt8]
        var mode: FileMode
        var size: Int
        /// The frame with the first byte of the content, and where that byte stands in it; zero for an empty file.
        var frame: Int
        var offset: Int
        var sha256: SHA256Digest
    }

    /// The entry table, inflated, and where each entry starts in it.
    private var table: [UInt8] = []
    private var starts: [Int] = []

    /// How many files it lists.
    var count: Int { starts.count }

    static let headerBytes = 24
    private static let fixedBytes = 20

    /// Starts an index for writing.
    init() {}

    /// Adds the next entry; entries come in the archive's order.
    mutating func append(_ entry: Entry) {
        starts.append(table.count)
        LittleEndian.append(UInt16(clamping: entry.path.count), to: &table)
        LittleEndian.append(entry.mode == .executable ? UInt16(0o755) : UInt16(0o644), to: &table)
        LittleEndian.append(UInt32(clamping: entry.frame), to: &table)
        LittleEndian.append(UInt32(clamping: entry.offset), to: &table)
        LittleEndian.append(UInt64(clamping: entry.size), to: &table)
        table += entry.path
        table += entry.sha256.bytes
    }

    /// The whole skippable frame.
    func encoded(with encoder: borrowing ZstdEncoder) throws(AmxError) -> [UInt8] {
        let packed = try encoder.frame(table)
        var bytes: [UInt8] = []
        LittleEndian.append(ContainerFormat.indexFrameMagic, to: &bytes)
        LittleEndian.append(UInt32(clamping: packed.count + Self.headerBytes - 8), to: &bytes)
        LittleEndian.append(ContainerFormat.indexMagic, to: &bytes)
        LittleEndian.append(ContainerFormat.indexVersion, to: &bytes)
        LittleEndian.append(UInt32(clamping: count), to: &bytes)
        LittleEndian.append(UInt32(clamping: table.count), to: &bytes)
        return bytes + packed
    }

    /// What the index says of the file at a position of the archive's order.
    subscript(_ position: Int) -> Entry? {
        guard starts.indices.contains(position) else { return nil }
        return entry(at: starts[position])
    }

    /// What the index says of a path.
    subscript(path path: [UInt8]) -> Entry? {
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            guard let record = record(at: starts[middle]) else { return nil }
            let found = table[record.path]
            if found.elementsEqual(path) { return entry(at: starts[middle]) }
            range =
                ContainerFormat.precedes(found, path[...])
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    private func entry(at start: Int) -> Entry? {
        guard let record = record(at: start),
            let sha256 = SHA256Digest(bytes: table[record.path.upperBound..<record.end])
        else { return nil }
        return Entry(
            path: Array(table[record.path]), mode: record.mode, size: record.size, frame: record.frame,
            offset: record.offset, sha256: sha256)
    }

    /// An entry without copies of its path and checksum.
    private struct Record {
        let path: Range<Int>
        let mode: FileMode
        let size: Int
        let frame: Int
        let offset: Int
        var end: Int { path.upperBound + SHA256Digest.byteCount }
    }

    private func record(at start: Int) -> Record? {
        guard let length = LittleEndian.integer(UInt16.self, from: table, at: start),
            let mode = LittleEndian.read(UInt16.self, from: table, at: start + 2),
            let frame = LittleEndian.integer(UInt32.self, from: table, at: start + 4),
            let offset = LittleEndian.integer(UInt32.self, from: table, at: start + 8),
            let size = LittleEndian.integer(UInt64.self, from: table, at: start + 12),
            (1...TreeRules.pathBytes).contains(length), mode == 0o644 || mode == 0o755,
            table.count - start >= Self.fixedBytes + length + SHA256Digest.byteCount
        else { return nil }
        let path = start + Self.fixedBytes
        return Record(
            path: path..<path + length, mode: mode == 0o755 ? .executable : .regular, size: size, frame: frame,
            offset: offset)
    }
}

extension ContainerIndex {
    /// Reads the index in its region of a file.
    ///
    /// What it returns is consistent in itself: in the archive's order, with the manifest first, no path twice, and every place
    /// inside the frames of `seekTable`. Paths are not yet checked by the tree rules.
    init(in region: Range<Int>, of input: ContainerInput, seekTable: SeekTable, limits: Limits) throws(AmxError) {
        let bytes = try input.bytes(region)
        guard LittleEndian.read(UInt32.self, from: bytes, at: 0) == ContainerFormat.indexFrameMagic,
            LittleEndian.integer(UInt32.self, from: bytes, at: 4) == bytes.count - 8,
            LittleEndian.read(UInt32.self, from: bytes, at: 8) == ContainerFormat.indexMagic,
            let version = LittleEndian.read(UInt32.self, from: bytes, at: 12),
            let count = LittleEndian.integer(UInt32.self, from: bytes, at: 16),
            let size = LittleEndian.integer(UInt32.self, from: bytes, at: 20)
        else { throw input.damage("the frame where the index should be is not one") }
        guard version == ContainerFormat.indexVersion else {
            throw input.failure(
                "its index has version \(version), and only \(ContainerFormat.indexVersion) is known",
                hint: "update amx: a newer one wrote this file")
        }
        guard count <= limits.entries else {
            throw input.over(.entries, of: limits, "its index lists \(count) files")
        }
        let smallest = Self.fixedBytes + 1 + SHA256Digest.byteCount
        let largest = Self.fixedBytes + TreeRules.pathBytes + SHA256Digest.byteCount
        guard size >= count * smallest, size <= count * largest else {
            throw input.damage("the index's size does not fit its number of entries")
        }
        guard size <= limits.ratioFloorBytes || size / max(1, limits.compressionRatio) <= bytes.count else {
            throw input.over(.compressionRatio, of: limits, "its index expands too much for its size")
        }
        table = try Self.inflate(bytes, size: size, input: input)
        starts.reserveCapacity(count)
        try locate(count, seekTable: seekTable, input: input)
    }

    private static func inflate(_ bytes: [UInt8], size: Int, input: ContainerInput) throws(AmxError) -> [UInt8] {
        let decoder = try ZstdDecoder(windowLog: 27)
        var reason: String?
        let table = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let whole = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size)
            reason = bytes.withUnsafeBytes {
                decoder.inflate(UnsafeRawBufferPointer(rebasing: $0.dropFirst(headerBytes)), into: whole)
            }
            count = reason == nil ? size : 0
        }
        if let reason { throw input.damage("the index's frame \(reason)") }
        return table
    }

    private mutating func locate(_ count: Int, seekTable: SeekTable, input: ContainerInput) throws(AmxError) {
        var start = 0
        var previous: ArraySlice<UInt8>?
        for number in 0..<count {
            guard let record = record(at: start) else {
                throw input.damage("the index's entry \(number) is malformed")
            }
            guard record.frame < seekTable.frames.count,
                case let content = seekTable.frames[record.frame].content, record.offset < content.count,
                record.size <= seekTable.archiveBytes - content.lowerBound - record.offset
            else { throw input.damage("the index's entry \(number) points outside the archive") }
            let path = table[record.path]
            guard
                previous.map({ ContainerFormat.precedes($0, path) }) ?? path.elementsEqual(ContainerFormat.manifestPath)
            else { throw input.damage("the index's entry \(number) is not in the archive's order") }
            starts.append(start)
            start = record.end
            previous = path
        }
        guard start == table.count, count > 0 else { throw input.damage("the index's entries do not fill it") }
    }
}
