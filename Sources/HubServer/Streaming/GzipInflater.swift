import CZlib
import NIOCore
import Objects

/// Undoes `Content-Encoding: gzip` piece by piece, without ever holding more than one piece of output.
///
/// Source: RFC 1952. Used by one task at a time.
final class GzipInflater {
    /// How many bytes one piece of output has at most.
    static let pieceBytes = 64 << 10

    private var stream = z_stream()
    private var isReady = false
    private var hasEnded = false

    init() throws {
        // 15 bits of window; 16 more say that a gzip header must be there.
        let result = inflateInit2_(&stream, 15 + 16, zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            throw AmxError(.failure, "cannot decompress the request: zlib gave \(result)")
        }
        isReady = true
    }

    deinit { if isReady { inflateEnd(&stream) } }

    /// Inflates some input, passing each piece of output on.
    ///
    /// Throws a 400 failure for bytes that are not gzip, or that follow its end.
    func inflate(_ input: ByteBuffer, _ emit: (ByteBuffer) async throws -> Void) async throws {
        var rest = input
        while rest.readableBytes > 0 {
            let (output, consumed) = try inflatePiece(rest)
            rest.moveReaderIndex(forwardBy: consumed)
            if output.readableBytes > 0 {
                try await emit(output)
            } else if consumed == 0 {
                throw Self.damaged
            }
        }
        // Output may be left over in zlib although all input was taken.
        while !hasEnded {
            let (output, _) = try inflatePiece(ByteBuffer())
            guard output.readableBytes > 0 else { break }
            try await emit(output)
        }
    }

    /// Throws when the input ended before the compressed data did.
    func finish() throws {
        guard hasEnded else { throw Self.damaged }
    }

    private func inflatePiece(_ input: ByteBuffer) throws -> (output: ByteBuffer, consumed: Int) {
        guard !hasEnded else { throw Self.damaged }
        var output = ByteBuffer()
        var consumed = 0
        var result = Z_OK
        input.withUnsafeReadableBytes { source in
            // zlib only reads from next_in.
            stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(clamping: source.count)
            let offered = stream.avail_in
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceBytes) { target in
                stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(clamping: min(target.count, Self.pieceBytes))
                let room = stream.avail_out
                result = CZlib.inflate(&stream, Z_NO_FLUSH)
                return Int(room - stream.avail_out)
            }
            consumed = Int(offered - stream.avail_in)
            stream.next_in = nil
            stream.next_out = nil
        }
        switch result {
        case Z_STREAM_END: hasEnded = true
        case Z_OK, Z_BUF_ERROR: break
        default: throw Self.damaged
        }
        return (output, consumed)
    }

    private static let damaged = RequestFailure.malformed("bad request: its body is not valid gzip")
}
