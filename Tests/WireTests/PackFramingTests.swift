import Objects
import TestSupport
import Testing

@testable import Wire

@Suite struct PackFramingTests {
    @Test(arguments: [PackFraming.sideBand, .sideBand64k], [0, 1, 994, 995, 996, 65_515, 65_516, 200_000])
    func splitsAndJoins(framing: PackFraming, count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let payload = generator.bytes(count)
        var reader = PacketReader(from: .server)
        reader.append(framing.frame(payload) + framing.frame(Array("hi\n".utf8), on: .progress) + framing.end)
        var received: [UInt8] = []
        var messages: [UInt8] = []
        var isEnded = false
        while let packet = try reader.next() {
            guard case .data(let bytes) = packet else {
                #expect(packet == .flush)
                isEnded = true
                continue
            }
            #expect(bytes.count + 4 <= (framing == .sideBand ? 1_000 : 65_520))
            let (channel, content) = try PackFraming.split(bytes, from: .server)
            if channel == .data { received += content } else { messages += content }
        }
        #expect(received == payload)
        #expect(messages == Array("hi\n".utf8))
        #expect(isEnded)
        try reader.finish()
    }

    @Test func sendsNothingButThePackWhenBare() {
        #expect(PackFraming.raw.frame([1, 2]) == [1, 2])
        #expect(PackFraming.raw.frame([1, 2], on: .progress).isEmpty)
        #expect(PackFraming.raw.fatal(AmxError(.failure, "x")).isEmpty)
        #expect(PackFraming.raw.end.isEmpty)
        #expect(PackFraming.raw.keepAlive.isEmpty)
    }

    @Test func composesFramesWithoutCopying() {
        #expect(
            PackFraming.sideBand64k.header(.data, count: 3) + [1, 2, 3] == PackFraming.sideBand64k.frame([1, 2, 3]))
        #expect(PackFraming.sideBand64k.keepAlive == Array("0005\u{1}".utf8))
        #expect(PackFraming.sideBand64k.fatal(AmxError(.failure, "no")) == Array("0008\u{3}no\n".utf8))
    }

    @Test(arguments: [[], [0], [4], [69, 82]] as [[UInt8]])
    func refusesUnknownChannels(payload: [UInt8]) {
        #expect(throws: AmxError.self) { try PackFraming.split(payload[...], from: .server) }
    }
}
