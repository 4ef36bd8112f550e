import CDeflate

/// Deflates whole buffers into zlib streams, fast.
///
/// What hardly shrinks, such as a matrix of floats, is stored as it is: that is read many times faster. The same bytes make the
/// same stream. Not for use by several threads at once.
final class Deflater {
    /// A large buffer is judged by pieces of this size.
    private static let sampleBytes = 1 << 14
    /// The most bytes that one piece of work takes, so that no arithmetic overflows.
    private static let mostBytes = 1 << 40
    private let fast: OpaquePointer
    private let storing: OpaquePointer
    private var output: UnsafeMutableRawBufferPointer

    init() throws(AmxError) {
        guard let fast = libdeflate_alloc_compressor(1) else { throw Self.noMemory }
        guard let storing = libdeflate_alloc_compressor(0) else {
            libdeflate_free_compressor(fast)
            throw Self.noMemory
        }
        self.fast = fast
        self.storing = storing
        output = .allocate(byteCount: 1 << 16, alignment: 16)
    }

    deinit {
        libdeflate_free_compressor(fast)
        libdeflate_free_compressor(storing)
        output.deallocate()
    }

    /// Makes the zlib stream of some bytes; it is valid until the next call.
    func deflate(_ bytes: UnsafeRawBufferPointer) throws(AmxError) -> UnsafeRawBufferPointer {
        guard bytes.count <= Self.mostBytes else { throw Self.noMemory }
        if bytes.count > 4 * Self.sampleBytes, try !shrinks(sampled: bytes) { return try run(storing, bytes) }
        let stream = try run(fast, bytes)
        return Self.isWorthIt(stream.count, of: bytes.count) ? stream : try run(storing, bytes)
    }

    /// Whether pieces from the start, the middle and the end shrink.
    private func shrinks(sampled bytes: UnsafeRawBufferPointer) throws(AmxError) -> Bool {
        var size = 0
        for start in [0, (bytes.count - Self.sampleBytes) / 2, bytes.count - Self.sampleBytes] {
            size += try run(fast, UnsafeRawBufferPointer(rebasing: bytes[start..<(start + Self.sampleBytes)])).count
        }
        return Self.isWorthIt(size, of: 3 * Self.sampleBytes)
    }

    /// A stream is worth the time to inflate it when it saves a tenth.
    private static func isWorthIt(_ stream: Int, of size: Int) -> Bool { stream < size - size / 10 }

    private func run(
        _ compressor: OpaquePointer, _ bytes: UnsafeRawBufferPointer
    ) throws(AmxError) -> UnsafeRawBufferPointer {
        let bound = libdeflate_zlib_compress_bound(compressor, bytes.count)
        if output.count < bound {
            output.deallocate()
            output = .allocate(byteCount: bound, alignment: 16)
        }
        // libdeflate wants an address for nothing too.
        let count = withUnsafeBytes(of: 0) { nothing in
            libdeflate_zlib_compress(
                compressor, bytes.baseAddress ?? nothing.baseAddress, bytes.count, output.baseAddress, output.count)
        }
        guard count > 0 else { throw Self.noMemory }
        return UnsafeRawBufferPointer(rebasing: output[..<count])
    }

    private static let noMemory = AmxError(.failure, "cannot deflate an object: out of memory")
}
