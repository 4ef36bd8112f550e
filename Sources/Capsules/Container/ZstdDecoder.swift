import CZstd
import Objects

/// A zstd decompression context.
struct ZstdDecoder: ~Copyable {
    private let context: OpaquePointer

    /// Makes a context that takes windows of up to two to the power of `windowLog` bytes.
    init(windowLog: Int) throws(AmxError) {
        guard let context = ZSTD_createDCtx() else { throw AmxError(.failure, "cannot decompress: out of memory") }
        let log = Int32(clamping: max(10, min(windowLog, 31)))
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, log)
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Inflates exactly one frame that must fill the buffer; returns why it does not, or nil.
    ///
    /// Before a byte is inflated, the region must hold one frame and nothing else, and its header must give the buffer's size.
    func inflate(_ frame: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer) -> String? {
        guard frame.count >= 5, frame.loadUnaligned(as: UInt32.self) == ContainerFormat.frameMagic.littleEndian else {
            return "is not a zstd frame"
        }
        // Bit 2 of the frame header's descriptor says that a checksum follows the blocks.
        guard frame[4] & 0x04 != 0 else { return "has no checksum" }
        let stated = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        guard stated == UInt64(buffer.count) else { return "does not have the size that the file says" }
        guard ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count) == frame.count else {
            return "is not the only one in its place"
        }
        let count = ZSTD_decompressDCtx(context, buffer.baseAddress, buffer.count, frame.baseAddress, frame.count)
        if ZSTD_isError(count) != 0 { return "is damaged (\(Self.reason(count)))" }
        return count == buffer.count ? nil : "is shorter than it says"
    }

    /// What one step of a stream did.
    struct Step {
        /// How many bytes were taken and given.
        let consumed: Int
        let produced: Int
        /// Whether the frame is complete.
        let ended: Bool
        /// Why it went wrong.
        let failure: String?
        /// Whether that is the window's size, a limit and no damage.
        let windowTooLarge: Bool
    }

    /// Inflates the next piece of a stream.
    func step(_ input: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer) -> Step {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        let result = ZSTD_decompressStream(context, &target, &source)
        let failed = ZSTD_isError(result) != 0
        return Step(
            consumed: source.pos, produced: target.pos, ended: result == 0, failure: failed ? Self.reason(result) : nil,
            windowTooLarge: failed && ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge)
    }

    private static func reason(_ code: Int) -> String { String(cString: ZSTD_getErrorName(code)) }
}
