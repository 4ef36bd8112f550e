import Objects

/// The seek table of a `.kc` file: where its frames lie and how many bytes of the archive each holds.
///
/// Source: zstd's seekable format 0.1.0, and `docs/format-kc.md`, section 5.
struct SeekTable: Sendable {
    /// One frame of the archive.
    struct Frame: Sendable {
        /// Where it lies in the file.
        let region: Range<Int>
        /// Where its inflated bytes stand in the archive.
        let content: Range<Int>
        /// The lower half of XXH64 of its inflated bytes, when the table gives it.
        let checksum: UInt32?
    }

    /// The frames of the archive, in order; the index frame is not one of them.
    private(set) var frames: [Frame] = []
    /// Where the index frame lies, when there is one.
    private(set) var index: Range<Int>?

    /// How many bytes the archive has.
    var archiveBytes: Int { frames.last?.content.upperBound ?? 0 }

    /// Where the frames end and the index, or the seek table, starts.
    var framesEnd: Int { frames.last?.region.upperBound ?? 0 }

    private static let headerBytes = 8
    private static let footerBytes = 9

    /// Starts a table for writing.
    init() {}

    /// Reads the table at the end of a file, or gives nil when there is none.
    ///
    /// What it returns is consistent in itself: its frames cover the file up to the table without gaps.
    init?(of input: ContainerInput) throws(AmxError) {
        guard input.size >= Self.headerBytes + Self.footerBytes else { return nil }
        let footer = try input.bytes(input.size - Self.footerBytes..<input.size)
        guard LittleEndian.read(UInt32.self, from: footer, at: 5) == ContainerFormat.seekTableMagic else { return nil }
        guard let count = LittleEndian.integer(UInt32.self, from: footer, at: 0), footer[4] & 0x7F == 0 else {
            throw input.damage("the seek table's descriptor is not known")
        }
        let width = footer[4] == 0x80 ? 12 : 8
        guard count <= ContainerFormat.seekTableFrames else {
            throw input.damage("the seek table lists \(count) frames: the limit is \(ContainerFormat.seekTableFrames)")
        }
        let tableBytes = Self.headerBytes + count * width + Self.footerBytes
        guard tableBytes <= input.size else { throw input.damage("the seek table is larger than the file") }
        let start = input.size - tableBytes
        let table = try input.bytes(start..<input.size)
        guard LittleEndian.read(UInt32.self, from: table, at: 0) == ContainerFormat.seekTableFrameMagic,
            LittleEndian.integer(UInt32.self, from: table, at: 4) == tableBytes - Self.headerBytes
        else { throw input.damage("the seek table does not start where its length says") }
        try readEntries(table, count: count, width: width, end: start, input: input)
    }

    private mutating func readEntries(
        _ table: [UInt8], count: Int, width: Int, end: Int, input: ContainerInput
    ) throws(AmxError) {
        var offset = 0
        var plain = 0
        frames.reserveCapacity(count)
        for number in 0..<count {
            let at = Self.headerBytes + number * width
            guard let compressed = LittleEndian.integer(UInt32.self, from: table, at: at),
                let inflated = LittleEndian.integer(UInt32.self, from: table, at: at + 4),
                compressed > 0, compressed <= end - offset
            else { throw input.damage("the seek table's frame \(number) does not fit into the file") }
            let checksum = width == 12 ? LittleEndian.read(UInt32.self, from: table, at: at + 8) : nil
            let region = offset..<offset + compressed
            if number == count - 1, inflated == 0 {
                guard checksum == nil || checksum == ContainerFormat.emptyChecksum else {
                    throw input.damage("the seek table's checksum of the index frame is wrong")
                }
                index = region
            } else {
                frames.append(Frame(region: region, content: plain..<plain + inflated, checksum: checksum))
            }
            offset += compressed
            plain += inflated
        }
        guard offset == end else { throw input.damage("the seek table does not cover the file") }
    }

    /// Adds a frame that was written behind the ones before it.
    mutating func append(_ frame: [UInt8], inflating count: Int) {
        let (offset, plain) = (framesEnd, archiveBytes)
        // The frame's own checksum, its last four bytes, is the lower half of XXH64 of its content.
        let checksum = LittleEndian.read(UInt32.self, from: frame, at: frame.count - 4)
        frames.append(
            Frame(region: offset..<offset + frame.count, content: plain..<plain + count, checksum: checksum))
    }

    /// The table's skippable frame, for a file whose index frame has so many bytes.
    func encoded(indexBytes: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let count = frames.count + 1
        LittleEndian.append(ContainerFormat.seekTableFrameMagic, to: &bytes)
        LittleEndian.append(UInt32(clamping: count * 12 + Self.footerBytes), to: &bytes)
        for frame in frames {
            LittleEndian.append(UInt32(clamping: frame.region.count), to: &bytes)
            LittleEndian.append(UInt32(clamping: frame.content.count), to: &bytes)
            LittleEndian.append(frame.checksum ?? 0, to: &bytes)
        }
        LittleEndian.append(UInt32(clamping: indexBytes), to: &bytes)
        LittleEndian.append(UInt32(0), to: &bytes)
        LittleEndian.append(ContainerFormat.emptyChecksum, to: &bytes)
        LittleEndian.append(UInt32(clamping: count), to: &bytes)
        bytes.append(0x80)
        LittleEndian.append(ContainerFormat.seekTableMagic, to: &bytes)
        return bytes
    }
}
