import CZlib

/// Inflates zlib streams that arrive in pieces, one after another.
///
/// The state is about 40 KiB. Not for use by several threads at once.
final class Inflater {
    /// What one step did.
    struct Step {
        /// The bytes taken from the input.
        let consumed: Int
        /// The bytes put into the output.
        let produced: Int
        /// Whether the stream, its checksum included, is over.
        let ended: Bool
    }

    // zlib's state points back at the struct, so it must never move.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(AmxError) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard amx_inflate_init(stream) == Z_OK else {
            stream.deallocate()
            throw AmxError(.failure, "cannot inflate: out of memory")
        }
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Makes ready for the next stream.
    func reset() { inflateReset(stream) }

    /// Inflates as much as input and output allow; nil when the data is not a zlib stream.
    func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Step? {
        let given = min(input.count, 1 << 30)
        let room = min(output.count, 1 << 30)
        // zlib never writes through next_in.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(given)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        let result = CZlib.inflate(stream, Z_NO_FLUSH)
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else { return nil }
        return Step(
            consumed: given - Int(stream.pointee.avail_in), produced: room - Int(stream.pointee.avail_out),
            ended: result == Z_STREAM_END)
    }
}
