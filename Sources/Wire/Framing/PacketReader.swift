/// Cuts a stream of bytes into packets as the bytes arrive.
///
/// It holds what was appended and not yet taken, so who appends decides how much memory that is; a packet itself has at
/// most 65,520 bytes. After an error the reader is of no further use.
package struct PacketReader: Sendable {
    private let peer: Peer
    private var buffer: [UInt8] = []
    private var start = 0

    /// Makes an empty reader of a peer's bytes.
    package init(from peer: Peer) { self.peer = peer }

    /// How many bytes were appended and not yet taken.
    package var pendingBytes: Int { buffer.count - start }

    /// Adds bytes behind those that are still pending.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contiguous: bytes)
    }

    /// Takes the next whole packet; nil when more bytes are needed. Throws at a length that is none or out of range.
    package mutating func next() throws -> PacketLine? {
        guard pendingBytes >= PacketLine.headerBytes else { return nil }
        let header = buffer[start..<(start + PacketLine.headerBytes)]
        guard let length = Self.length(of: header) else {
            throw peer.violation("'\(RemoteText.clean(header))' is not a packet length")
        }
        switch length {
        case 0: return mark(.flush)
        case 1: return mark(.delimiter)
        case 2: return mark(.responseEnd)
        case PacketLine.headerBytes...PacketLine.maximumBytes: break
        default: throw peer.violation("a packet of \(length) bytes is not allowed")
        }
        guard pendingBytes >= length else { return nil }
        let payload = buffer[(start + PacketLine.headerBytes)..<(start + length)]
        start += length
        return .data(payload)
    }

    /// Takes all pending bytes as they are, for what follows the packets unframed (a pack).
    package mutating func takeRemainder() -> ArraySlice<UInt8> {
        let remainder = buffer[start...]
        buffer = []
        start = 0
        return remainder
    }

    /// Throws when the stream ended within a packet.
    package func finish() throws {
        guard pendingBytes == 0 else { throw peer.violation("it ends in the middle of a packet") }
    }

    private mutating func mark(_ mark: PacketLine) -> PacketLine {
        start += PacketLine.headerBytes
        return mark
    }

    private static func length(of header: ArraySlice<UInt8>) -> Int? {
        var length = 0
        for digit in header {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            length = length << 4 | Int(value)
        }
        return length
    }
}
