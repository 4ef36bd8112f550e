import Objects

/// The archive of a file without index: any zstd frames, one after the other, inflated as a stream.
///
/// Memory is a window of at most the limit and two small buffers. Every frame must be a zstd frame; where there is a seek
/// table, frames and table must agree.
final class ArchiveStream: ArchiveSource {
    private static let pieceBytes = 1 << 17

    private let input: ContainerInput
    private let seekTable: SeekTable?
    private let limits: Limits
    private let decoder: ZstdDecoder
    private let end: Int

    /// Compressed bytes that were read and not yet inflated, and where the next ones stand in the file.
    private var buffer: ArraySlice<UInt8> = []
    private var filled = 0

    private var insideFrame = false
    private var frameNumber = 0
    private var produced = 0

    /// Starts before the first frame.
    init(of input: ContainerInput, seekTable: SeekTable?, limits: Limits) throws(AmxError) {
        self.input = input
        self.seekTable = seekTable
        self.limits = limits
        decoder = try ZstdDecoder(windowLog: limits.zstdWindowLog)
        end = seekTable?.framesEnd ?? input.size
    }

    /// Where the next compressed byte stands in the file.
    private var position: Int { filled - buffer.count }

    func next() throws(AmxError) -> [UInt8]? {
        while true {
            if !insideFrame {
                guard position < end else { return try finish() }
                try startFrame()
            }
            let (piece, step) = try inflate()
            produced += piece.count
            try input.checkExpansion(produced, limits: limits)
            if step.ended { try endFrame() }
            if !piece.isEmpty { return piece }
            if !step.ended, buffer.isEmpty, try !refill() {
                throw input.damage("it ends in the middle of frame \(frameNumber)")
            }
        }
    }

    private func inflate() throws(AmxError) -> (piece: [UInt8], step: ZstdDecoder.Step) {
        var step: ZstdDecoder.Step?
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { output, count in
            let whole = UnsafeMutableRawBufferPointer(start: output.baseAddress, count: Self.pieceBytes)
            let done = buffer.withUnsafeBytes { decoder.step($0, into: whole) }
            count = done.produced
            step = done
        }
        guard let step else {
            return ([], ZstdDecoder.Step(consumed: 0, produced: 0, ended: false, failure: nil, windowTooLarge: false))
        }
        if step.windowTooLarge {
            throw input.over(
                .zstdWindowLog, of: limits,
                "frame \(frameNumber) needs a window over 2^\(limits.zstdWindowLog) bytes")
        }
        if let failure = step.failure { throw input.damage("frame \(frameNumber) is damaged (\(failure))") }
        buffer = buffer.dropFirst(step.consumed)
        return (piece, step)
    }

    /// Reads more compressed bytes behind those that are left; false at the end.
    private func refill() throws(AmxError) -> Bool {
        let count = min(Self.pieceBytes, end - filled)
        guard count > 0 else { return false }
        buffer = try (Array(buffer) + input.bytes(filled..<filled + count))[...]
        filled += count
        return true
    }

    private func startFrame() throws(AmxError) {
        while buffer.count < 4, try refill() {}
        let magic = LittleEndian.read(UInt32.self, from: Array(buffer.prefix(4)), at: 0)
        guard magic == ContainerFormat.frameMagic else { throw unexpected(magic) }
        insideFrame = true
    }

    /// The error of what stands where a frame should start.
    private func unexpected(_ magic: UInt32?) -> AmxError {
        switch magic {
        case ContainerFormat.indexFrameMagic, ContainerFormat.seekTableFrameMagic:
            input.damage("it has a skippable frame where only a .kc file with its seek table may have one")
        case .some(let magic) where magic & 0xFFFF_FFF0 == 0x184D_2A50:
            input.failure(
                "it has a skippable frame where only a .kc file with its seek table may have one",
                hint: "compress the archive again with plain zstd")
        case _ where frameNumber == 0:
            input.failure(
                "it is neither a .kc file nor a tar archive in zstd frames",
                hint: "make a .kc file with `amx pack ID@REV -o FILE`, or an archive with `tar --zstd -cf FILE`")
        default: input.damage("it has data after frame \(frameNumber - 1)")
        }
    }

    private func endFrame() throws(AmxError) {
        insideFrame = false
        defer { frameNumber += 1 }
        guard let seekTable else { return }
        guard seekTable.frames.indices.contains(frameNumber),
            seekTable.frames[frameNumber].region.upperBound == position,
            seekTable.frames[frameNumber].content.upperBound == produced
        else { throw input.damage("frame \(frameNumber) does not have the size that the seek table says") }
    }

    private func finish() throws(AmxError) -> [UInt8]? {
        guard frameNumber > 0 else { throw unexpected(nil) }
        if let seekTable, seekTable.frames.count != frameNumber {
            throw input.damage("the seek table lists \(seekTable.frames.count) frames, but there are \(frameNumber)")
        }
        return nil
    }
}
