import CZstd
import Objects

/// A zstd compression context that writes frames with content size and checksum.
///
/// The same libzstd gives the same bytes for the same content and level.
struct ZstdEncoder: ~Copyable {
    private let context: OpaquePointer

    /// Makes a context for a compression level of zstd, 1 to 19.
    init(level: Int32) throws(AmxError) {
        guard let context = ZSTD_createCCtx() else { throw AmxError(.failure, "cannot compress: out of memory") }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, max(1, min(level, 19)))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        self.context = context
    }

    deinit { ZSTD_freeCCtx(context) }

    /// One frame with all of the bytes.
    ///
    /// A frame that would be less than 1/128 of its content is made of small blocks instead, so that no reader's limit on the ratio is
    /// ever met (`docs/format-kc.md`, section 3).
    func frame(_ content: [UInt8]) throws(AmxError) -> [UInt8] {
        let frame = try compress(content, blockBytes: content.count)
        guard frame.count < content.count / ContainerFormat.frameRatio else { return frame }
        return try compress(content, blockBytes: ContainerFormat.smallBlockBytes)
    }

    private func compress(_ content: [UInt8], blockBytes: Int) throws(AmxError) -> [UInt8] {
        ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
        ZSTD_CCtx_setPledgedSrcSize(context, UInt64(content.count))
        var failure: String?
        // A block that does not shrink costs three bytes for its header.
        let room = ZSTD_compressBound(content.count) + 4 * (content.count / max(1, blockBytes) + 4)
        let frame = content.withUnsafeBytes { source in
            [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                var input = ZSTD_inBuffer(src: source.baseAddress, size: 0, pos: 0)
                var left: Int
                repeat {
                    input.size = min(source.count, input.size + max(1, blockBytes))
                    let last = input.size == source.count
                    left = ZSTD_compressStream2(context, &output, &input, last ? ZSTD_e_end : ZSTD_e_flush)
                } while ZSTD_isError(left) == 0 && left == 0 && input.pos < source.count
                if ZSTD_isError(left) != 0 { failure = String(cString: ZSTD_getErrorName(left)) }
                if failure == nil, left != 0 { failure = "the frame is larger than expected" }
                count = output.pos
            }
        }
        if let failure { throw AmxError(.failure, "cannot compress: \(failure)") }
        return frame
    }
}
