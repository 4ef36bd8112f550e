import Objects
import TestSupport
import Testing

@testable import Wire

private let features = UploadPackFeatures(agent: "amx/1")

private func parse(_ bytes: [UInt8]) throws -> ServerCommand? {
    try UploadPackReader.parse(bytes, version: .v2, features: features)
}

private func request(_ build: (inout LsRefsRequest) -> Void = { _ in }) -> LsRefsRequest {
    var request = LsRefsRequest()
    request.capabilities.append("agent", "amx/1")
    request.capabilities.append("object-format", "sha1")
    build(&request)
    return request
}

private let requests: [LsRefsRequest] = [
    request(),
    request { $0.peel = true },
    request { $0.symrefs = true },
    request { $0.unborn = true },
    request {
        $0.symrefs = true
        $0.unborn = true
        $0.peel = true
    },
    request { $0.prefixes = ["refs/tags/"] },
    request { $0.prefixes = ["refs/heads/", "HEAD"] },
    request {
        $0.symrefs = true
        $0.unborn = true
        $0.prefixes = ["refs/heads/m", "refs/heads/", "refs/h", "refs/tags/v1", "HEAD"]
    },
    request {
        $0.symrefs = true
        $0.unborn = true
        $0.prefixes = ["refs/nothing"]
    },
]

@Suite struct LsRefsTests {
    @Test(arguments: requests, [false, true])
    func answersAsGitDoes(request: LsRefsRequest, empty: Bool) throws {
        let peer = try GitPeer(empty: empty)
        let body = request.encoded()
        #expect(try parse(body) == .lsRefs(request))
        let ours = request.answer(try peer.refs())
        let theirs = try peer.answer(.uploadPack, .v2, to: body)
        #expect(String(decoding: ours, as: UTF8.self) == String(decoding: theirs, as: UTF8.self))
    }

    @Test(arguments: [false, true])
    func readsAnswersBack(empty: Bool) throws {
        let peer = try GitPeer(empty: empty)
        let request = try peer.parsedAdvertisement(.uploadPack, .v2).lsRefs(agent: "amx/1")
        var reader = LsRefsReader()
        for byte in try peer.answer(.uploadPack, .v2, to: request.encoded()) { try reader.append([byte]) }
        let refs = try reader.finish()
        #expect(refs == (try peer.refs()))
        #expect(refs.unbornHead == (empty ? "refs/heads/main" : nil))
        #expect(refs.headTarget == "refs/heads/main")
    }

    @Test func findsNamesByPrefix() {
        var generator = SeededGenerator(seed: 11)
        func word() -> String {
            String(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in "ab/".randomElement(using: &generator) ?? "a"
                })
        }
        for _ in 0..<2_000 {
            let list = (0..<Int.random(in: 1...5, using: &generator)).map { _ in word() }
            let name = word() + word()
            #expect(RefPrefixes(list).contains(name) == list.contains { name.hasPrefix($0) }, "\(name) in \(list)")
        }
        #expect(RefPrefixes([]).contains("x"))
    }

    @Test func listsAllWhenPrefixesAreTooMany() throws {
        var limits = WireLimits()
        limits.prefixes = 3
        let body = request { $0.prefixes = ["a", "b", "c", "d"] }.encoded()
        let command = try UploadPackReader.parse(body, version: .v2, features: features, limits: limits)
        guard case .lsRefs(let parsed) = command else {
            Issue.record("not ls-refs")
            return
        }
        #expect(parsed.prefixes.isEmpty)
    }

    @Test(arguments: [
        packets("command=ls-refs", "object-format=sha256", nil),
        packets("command=ls-refs") + delimiter + packets("strange", nil),
        packets("command=ls-refs", "command=ls-refs", nil),
        packets("command=ls-refs"),
        packets("agent=amx/1", nil),
        packets("command=ls-refs") + delimiter + delimiter,
        delimiter,
        Array("0002".utf8),
        packets("command=ls-refs", nil, nil),
        packets("command=frobnicate", nil),
        packets("command=ls-refs", "sparse", nil),
        packets("command=ls-refs") + delimiter + Array("000".utf8),
    ])
    func refusesOtherThings(body: [UInt8]) {
        let error = #expect(throws: AmxError.self) { try parse(body) }
        #expect(error?.code == .failure)
    }

    @Test(arguments: ["", "0000"])
    func takesAProbe(body: String) throws {
        #expect(try parse(Array(body.utf8)) == nil)
        #expect(try UploadPackReader.parse(Array(body.utf8), version: .v0, features: features) == nil)
    }

    @Test(arguments: [
        packets("refs/heads/x", nil), Array("zzzz".utf8), packets("\(digits("1")) a"),
        packets("\(digits("1")) a peeled:1", nil), packets(nil, nil), delimiter, packets("ERR gone"), [],
    ])
    func readsOnlyRefs(body: [UInt8]) {
        var reader = LsRefsReader()
        let error = #expect(throws: AmxError.self) {
            try reader.append(body)
            _ = try reader.finish()
        }
        #expect(error?.code == .network)
    }
}
