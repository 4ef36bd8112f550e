import Objects
import TestSupport
import Testing

@testable import Wire

private let zero = ObjectID.zero.hex
private let one = digits("1")

/// The first line of a push, with capabilities.
private func first(_ command: String, _ capabilities: String = "report-status") -> [UInt8] {
    packets("\(command)\0 \(capabilities)")
}

/// Reads a body in parts of a size.
private func read(
    _ body: [UInt8], partSize: Int = 1 << 20, limits: WireLimits = .standard
) throws -> (request: PushRequest?, pack: [UInt8]) {
    var reader = ReceivePackReader(limits: limits)
    var pack: [UInt8] = []
    var rest = body[...]
    while !rest.isEmpty {
        let bytes = try reader.append(rest.prefix(partSize))
        #expect(bytes.isEmpty || reader.request != nil)
        pack += bytes
        rest = rest.dropFirst(partSize)
    }
    return (try reader.finish(), pack)
}

@Suite struct ReceivePackReaderTests {
    @Test(arguments: [1, 3, 60, 1 << 20])
    func readsItsOwnRequests(partSize: Int) throws {
        let id = try #require(ObjectID(hex: one))
        let requests = [
            PushRequest(
                commands: [
                    PushCommand(name: "refs/heads/ü", old: .zero, new: id),
                    PushCommand(name: "refs/tags/v1", old: id, new: .zero),
                ],
                capabilities: ReceivePackFeatures(agent: "amx/1").capabilities, options: ["a", "", "b c"], shallow: [id]
            ),
            PushRequest(commands: [PushCommand(name: "refs/heads/a", old: id, new: id)]),
        ]
        for request in requests {
            let result = try read(request.encoded() + Array("PACK0000".utf8), partSize: partSize)
            #expect(result.request == request)
            #expect(result.pack == Array("PACK0000".utf8))
        }
    }

    @Test func needsNoPackToDelete() throws {
        let body = first("\(one) \(zero) refs/heads/a") + packets(nil)
        let request = try #require(try read(body).request)
        #expect(!request.expectsPack)
        #expect(request.commands[0].isDeletion)
        #expect(request.reporting == .v1)
        #expect(throws: AmxError.self) { try read(body + Array("PACK".utf8)) }
    }

    @Test(arguments: [[], packets(nil), packets("shallow \(one)", nil)])
    func takesAProbe(body: [UInt8]) throws {
        #expect(try read(body).request == nil)
    }

    @Test(arguments: [
        first("\(zero) \(one) refs/heads/a", "object-format=sha256") + packets(nil),
        first("\(zero) \(one) refs/heads/a") + packets("\(zero) \(one) refs/heads/a", nil),
        first("\(zero) \(one) refs/heads/a") + first("\(zero) \(one) refs/heads/b") + packets(nil),
        first("\(zero) \(one) refs/heads/a"), first("\(zero) \(one) refs/heads/a") + delimiter,
        first("\(zero) \(one) refs/heads/a", "push-options") + packets(nil, "x"),
        first("\(zero) \(one) refs/heads/a", "push-options") + packets(nil, "x\u{7}", nil),
        packets("push-cert\0 x", nil), packets("push-cert", nil), packets("shallow 1", nil), packets("hello", nil),
        packets("\(zero) \(one)", nil), packets("\(zero) \(one) ", nil), packets("\(zero) \(one) a\u{1}b", nil),
        packets("\(zero) \(digits("g")) a", nil), packets("\(zero)  \(one) a", nil),
        packets("\(zero) \(one) \(String(repeating: "a", count: 1_025))", nil), packets(nil, "x"), Array("PACK".utf8),
        packets("\(zero) \(one)\0refs/heads/a", nil),
    ])
    func refusesOtherRequests(body: [UInt8]) {
        for partSize in [1, 1 << 20] {
            let error = #expect(throws: AmxError.self) { try read(body, partSize: partSize) }
            #expect(error?.code == .failure)
        }
    }

    @Test func boundsRequests() {
        var limits = WireLimits()
        limits.commands = 2
        let body = first("\(zero) \(one) a") + packets("\(zero) \(one) b", "\(zero) \(one) c", nil)
        let error = #expect(throws: AmxError.self) { try read(body, limits: limits) }
        #expect(error?.message == "reading the push: it updates more than 2 refs")
        limits.commands = 3
        limits.requestBytes = 200
        #expect(throws: AmxError.self) { try read(body, limits: limits) }
        limits.requestBytes = 1_000
        #expect(throws: Never.self) { try read(body + Array(repeating: 1, count: 5_000), limits: limits) }
        limits.options = 1
        let options = first("\(zero) \(one) a", "push-options") + packets(nil, "x", "y", nil)
        #expect(throws: AmxError.self) { try read(options, limits: limits) }
    }

    @Test func refusesInTheFramingOfTheClient() throws {
        let error = AmxError(.denied, "no")
        var plain = ReceivePackReader()
        #expect(plain.refusal(error) == packets("ERR no").dropLast().replacingLength)
        _ = try plain.append(first("\(zero) \(one) a", "report-status side-band-64k"))
        #expect(plain.refusal(error) == Array("0008\u{3}no\n0000".utf8))
    }
}

extension Sequence<UInt8> {
    /// The packet with its first four digits computed from its length.
    fileprivate var replacingLength: [UInt8] {
        let bytes = Array(self)
        return PacketWriter.header(bytes.count) + bytes.dropFirst(4)
    }
}
