import Objects
import Testing

@testable import Wire

/// Reads all packets of a text, handed over in parts of a size.
private func packets(_ text: String, partSize: Int = 1 << 20) throws -> [PacketLine] {
    var reader = PacketReader(from: .client)
    var found: [PacketLine] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        reader.append(rest.prefix(partSize))
        rest = rest.dropFirst(partSize)
        while let packet = try reader.next() { found.append(packet) }
    }
    try reader.finish()
    return found
}

private func data(_ text: String) -> PacketLine { .data(Array(text.utf8)[...]) }

@Suite struct PacketTests {
    @Test(arguments: [
        ("0000", [PacketLine.flush]),
        ("0001", [.delimiter]),
        ("0002", [.responseEnd]),
        ("0004", [data("")]),
        ("0006a\n", [data("a\n")]),
        ("0005a", [data("a")]),
        ("000bfoobar\n", [data("foobar\n")]),
        ("000Bfoobar\n", [data("foobar\n")]),
        ("0006a\n00000001000a\0bcdef0000", [data("a\n"), .flush, .delimiter, data("\0bcdef"), .flush]),
        ("", []),
    ])
    func readsPackets(text: String, expected: [PacketLine]) throws {
        for size in [1, 2, 3, 5, 1_000] { #expect(try packets(text, partSize: size) == expected) }
    }

    @Test(arguments: ["0003", "fff1", "ffff", "zzzz", "00 5a", "-001", "<!DO", "00", "0009abc", "\r\n00"])
    func refusesBadLengths(text: String) {
        #expect(throws: AmxError.self) { try packets(text) }
    }

    @Test func blamesTheRightSide() {
        #expect(Peer.client.violation("x").code == .failure)
        #expect(Peer.server.violation("x").code == .network)
    }

    @Test func writesWhatItReads() throws {
        var writer = PacketWriter()
        writer.line("hello")
        writer.flush()
        writer.delimiter()
        writer.data([0, 1, 2])
        writer.responseEnd()
        #expect(
            writer.bytes == Array("000ahello\n00000001".utf8) + Array("0007".utf8) + [0, 1, 2] + Array("0002".utf8))
    }

    @Test func writesTheLargestPacket() throws {
        var writer = PacketWriter()
        writer.data([UInt8](repeating: 7, count: 70_000))
        #expect(writer.bytes.count == PacketLine.maximumBytes)
        #expect(writer.bytes.starts(with: "fff0".utf8))
        var reader = PacketReader(from: .server)
        reader.append(writer.bytes)
        #expect(try reader.next() == .data([UInt8](repeating: 7, count: PacketLine.maximumPayloadBytes)[...]))
    }

    @Test func carriesErrorsOnOneSafeLine() {
        let bytes = PacketWriter.refusal(AmxError(.denied, "pushing: no\u{1B}[2J\nway", hint: "ask"))
        #expect(String(decoding: bytes, as: UTF8.self) == "0026ERR pushing: no?[2J way (ask)".replacingLength())
    }

    @Test(arguments: [
        (nil, ProtocolVersion.v0), ("", .v0), ("version=1", .v1), ("version=2", .v2), ("version=3", .v0),
        ("version=1:version=2", .v2), ("foo:version=2:bar=1", .v2), ("version=", .v0), ("version=-1", .v0),
    ])
    func readsTheVersionHeader(header: String?, version: ProtocolVersion) {
        #expect(ProtocolVersion(header: header) == version)
    }

    @Test func namesTheAgent() {
        #expect(Agent.name(version: "1.2.3") == "amx/1.2.3")
        #expect(Agent.name(version: "1 2\n") == "amx/1.2.")
    }
}

extension String {
    /// The packet with its first four digits computed from its length.
    fileprivate func replacingLength() -> String {
        String(decoding: PacketWriter.header(utf8.count), as: UTF8.self) + dropFirst(4)
    }
}
