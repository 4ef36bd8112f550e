import Objects
import Testing

@testable import Wire

/// Going on with a pack: what is asked, and what an answer may begin with.
struct ResumeTests {
    private static let prefix = PackPrefix(bytes: 12, digest: SHA256Hasher.hash(of: Array("PACK12345678".utf8)))
    private static let want = ObjectID(hex: String(repeating: "ab", count: 20))

    private func body() throws -> [UInt8] {
        var request = FetchRequest(.v2)
        request.wants = [try #require(Self.want)]
        request.end = .done
        return request.encoded()
    }

    private func session() throws -> FetchSession {
        try FetchSession(again: body(), after: Self.prefix, agent: "amx/test")
    }

    @Test func asksOnceAndIsUnderstood() throws {
        var session = try session()
        let body = try #require(try session.nextRequest())
        let features = UploadPackFeatures(agent: "amx/test", resume: true)
        guard case .fetch(let request) = try UploadPackReader.parse(body, version: .v2, features: features) else {
            Issue.record("no fetch")
            return
        }
        #expect(request.resume == Self.prefix && request.wants == session.wants && request.end == .done)
        // A server that has not offered it refuses it, and one round is all there is.
        #expect(throws: AmxError.self) {
            try UploadPackReader.parse(body, version: .v2, features: UploadPackFeatures(agent: "amx/test"))
        }
        _ = try session.receive(PackFraming.sideBand64k.frame(Array("x".utf8)).prefix(0))
        #expect(throws: AmxError.self) { try session.nextRequest() }
    }

    @Test(arguments: [
        "want", "12", "12:", ":\(prefix.digest)", "0:\(prefix.digest)", "-1:\(prefix.digest)", "+1:\(prefix.digest)",
        "1:\(prefix.digest)0", "1234567890123456:\(prefix.digest)", "12:\(prefix.digest) ",
    ])
    func refusesWhatIsNoPrefix(text: String) throws {
        #expect(PackPrefix(text) == nil)
        var writer = PacketWriter()
        writer.line("command=fetch")
        writer.delimiter()
        writer.line("\(ResumeMarker.name) \(text)")
        writer.flush()
        let features = UploadPackFeatures(agent: "amx/test", resume: true)
        #expect(throws: AmxError.self) { try UploadPackReader.parse(writer.bytes, version: .v2, features: features) }
    }

    /// How the pack of an answer begins, and what the client makes of it; nil where it must refuse.
    private static let starts: [(start: String, resumed: Bool?, pack: String)] = [
        ("PACK1234", false, "PACK1234"),
        ("amx-resume 12\nrest", true, "rest"),
        ("amx-resume 12\n", true, ""),
        ("amx-resume 13\nrest", nil, ""),
        ("amx-resume 1\nrest", nil, ""),
        ("amx-resume 12 \n", nil, ""),
        ("amx-resume 12", nil, ""),
        ("PAC", nil, ""),
        ("PAMX", nil, ""),
        ("rest", nil, ""),
    ]

    @Test(arguments: starts, [1, 3, 64]) func tellsTheMarkerFromAPack(
        example: (start: String, resumed: Bool?, pack: String), size: Int
    ) throws {
        var answer = PacketWriter()
        answer.line("packfile")
        var bytes = answer.bytes + PackFraming.sideBand64k.keepAlive
        var rest = Array(example.start.utf8)[...]
        while !rest.isEmpty {
            bytes += PackFraming.sideBand64k.frame(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        bytes += PackFraming.sideBand64k.end
        var session = try session()
        _ = try session.nextRequest()
        var (isResumed, pack) = (false, [UInt8]())
        func receive() throws {
            for event in try session.receive(bytes) {
                switch event {
                case .resumed:
                    #expect(pack.isEmpty)
                    isResumed = true
                case .pack(let bytes): pack += bytes
                default: Issue.record("\(event)")
                }
            }
            try session.endAnswer()
        }
        guard let expected = example.resumed else {
            #expect(throws: AmxError.self) { try receive() }
            return
        }
        try receive()
        #expect(isResumed == expected && session.isComplete)
        #expect(String(decoding: pack, as: UTF8.self) == example.pack)
        #expect(try session.nextRequest() == nil)
    }
}
