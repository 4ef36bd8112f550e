/// One unit of git's framing: bytes behind a length of four hexadecimal digits, or a mark without bytes.
///
/// Source: gitprotocol-common(5), "pkt-line Format"; gitprotocol-v2(5) for the delimiter and the response end.
package enum PacketLine: Sendable, Hashable {
    /// Payload, without the length.
    case data(ArraySlice<UInt8>)
    /// `0000`: the end of a message.
    case flush
    /// `0001`: the end of a section of a message.
    case delimiter
    /// `0002`: the end of a stateless response.
    case responseEnd

    /// The largest packet in bytes, its length included.
    package static let maximumBytes = 65_520
    /// The largest payload in bytes.
    package static let maximumPayloadBytes = 65_516
    /// How many bytes the length takes.
    package static let headerBytes = 4

    /// The payload without one final newline, as lines of text carry it; nil for a mark.
    package var line: ArraySlice<UInt8>? {
        guard case .data(let bytes) = self else { return nil }
        return bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
    }
}
