package import Objects

/// Collects packets into bytes ready to be sent.
///
/// Text that comes from outside (a reason, a ref name) is made safe by its caller; a payload over the largest packet is
/// cut there, which only free text can reach: everything else is bounded far below.
package struct PacketWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// Starts with nothing.
    package init() {}

    /// Writes a line of text; the final newline is added.
    package mutating func line(_ text: String) {
        data(Array(text.utf8.prefix(PacketLine.maximumPayloadBytes - 1)) + [UInt8(ascii: "\n")])
    }

    /// Writes one packet of bytes as they are.
    package mutating func data(_ payload: some Collection<UInt8>) {
        let count = min(payload.count, PacketLine.maximumPayloadBytes)
        bytes.append(contentsOf: Self.header(count + PacketLine.headerBytes))
        bytes.append(contiguous: payload.prefix(count))
    }

    /// Writes `0000`.
    package mutating func flush() { bytes.append(contentsOf: Self.header(0)) }

    /// Writes `0001`.
    package mutating func delimiter() { bytes.append(contentsOf: Self.header(1)) }

    /// Writes `0002`.
    package mutating func responseEnd() { bytes.append(contentsOf: Self.header(2)) }

    /// Writes an `ERR` packet, which ends the conversation: the client prints it as the server's word.
    ///
    /// It may stand wherever a packet may, except within side-band (use `PackFraming.fatal` there). A hint follows the
    /// message in parentheses.
    package mutating func error(_ error: AmxError) {
        data(Array("ERR \(RemoteText.oneLine(error.description))".utf8))
    }

    /// A response of one `ERR` packet.
    package static func refusal(_ error: AmxError) -> [UInt8] {
        var writer = PacketWriter()
        writer.error(error)
        return writer.bytes
    }

    /// The four digits of a length; only the low 16 bits count.
    package static func header(_ length: Int) -> [UInt8] {
        (0..<4).map { index in
            let nibble = UInt8(truncatingIfNeeded: (length >> (12 - 4 * index)) & 15)
            return nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
    }
}
