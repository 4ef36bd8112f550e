import Objects
import TestSupport
import Testing

@testable import Wire

private let features = UploadPackFeatures(agent: "amx/1")

/// What one request is made of; names are revisions of the test repository, or `x1`, `x2`, ... for unknown objects.
struct FetchCase: Sendable, CustomStringConvertible {
    var wants: [String]
    var haves: [String] = []
    var end = FetchRequest.End.done
    var waitForDone = false
    var depth: Int?
    var shallow: [String] = []

    var description: String {
        "\(wants) \(haves) \(end)\(waitForDone ? " wait" : "")\(depth.map { " depth \($0)" } ?? "")"
    }

    func request(_ dialect: FetchRequest.Dialect, in peer: GitPeer) throws -> FetchRequest {
        var request = FetchRequest(dialect)
        request.wants = try wants.map { try peer.object($0) }
        request.haves = try haves.map { try peer.object($0) }
        request.end = end
        request.ofsDelta = true
        request.noProgress = true
        request.waitForDone = waitForDone && dialect == .v2
        request.deepening = depth.map { .depth($0, relative: false) }
        request.shallow = try shallow.map { try peer.object($0) }
        request.capabilities.append("agent", "amx/1")
        return request
    }
}

extension GitPeer {
    fileprivate func object(_ name: String) throws -> ObjectID {
        guard name.hasPrefix("x"), let digit = name.last else { return try id(name) }
        return try #require(ObjectID(hex: digits(digit)))
    }

    /// Our answer's head, with the facts about the repository from git.
    fileprivate func ourAnswer(to request: FetchRequest) throws -> FetchAnswer {
        var update = ShallowUpdate()
        if case .depth(let depth, _) = request.deepening {
            // The fixture's tests ask for one tip and depth 1 only.
            #expect(depth == 1)
            update.shallow = request.wants
        }
        return request.answer(common: Set(request.haves.filter(has)), shallow: update) {
            isReady(wants: request.wants, common: $0)
        }
    }
}

private let cases = [
    FetchCase(wants: ["main"]),
    FetchCase(wants: ["main"], end: .flush),
    FetchCase(wants: ["main", "side", "v1"]),
    FetchCase(wants: ["main"], haves: ["x1", "x2"]),
    FetchCase(wants: ["main"], haves: ["x1", "x2"], end: .flush),
    FetchCase(wants: ["main"], haves: ["main~2"]),
    FetchCase(wants: ["main"], haves: ["main~2"], end: .flush),
    FetchCase(wants: ["main"], haves: ["x1", "main~2"], end: .flush),
    FetchCase(wants: ["main"], haves: ["main~2", "x1", "x2"], end: .flush),
    FetchCase(wants: ["main"], haves: ["x1", "main~2", "x2", "side", "x3"], end: .flush),
    FetchCase(wants: ["main"], haves: ["x1", "main~2", "x2", "side", "x3"]),
    FetchCase(wants: ["main~1", "side"], haves: ["main~1", "x1"], end: .flush),
    FetchCase(wants: ["main~1", "side"], haves: ["main~1", "x1", "side", "x2"], end: .flush),
    FetchCase(wants: ["main~1"], haves: ["side"], end: .flush),
    FetchCase(wants: ["main~1"], haves: ["light"], end: .flush),
    FetchCase(wants: ["main"], haves: ["light", "x1"], end: .flush, waitForDone: true),
    FetchCase(wants: ["main"], depth: 1),
    FetchCase(wants: ["main"], shallow: ["main~1"]),
    FetchCase(wants: ["main"], haves: ["main~1"], end: .flush, shallow: ["main~1"]),
    FetchCase(wants: ["main"], haves: ["x1"], end: .flush, depth: 1),
]

private let dialects: [FetchRequest.Dialect] = [
    .v0(.detailed, noDone: true, .sideBand64k), .v0(.detailed, noDone: false, .sideBand64k),
    .v0(.multiple, noDone: false, .sideBand64k), .v0(.first, noDone: false, .sideBand64k),
    .v0(.detailed, noDone: true, .sideBand), .v0(.detailed, noDone: true, .raw),
]

/// Cuts an answer where its pack begins; the second part is nil without a pack.
private func split(_ answer: [UInt8], at pack: String) -> (head: [UInt8], pack: ArraySlice<UInt8>?) {
    let mark = Array(pack.utf8)
    guard let start = answer.indices.first(where: { answer[$0...].starts(with: mark) }) else { return (answer, nil) }
    return (Array(answer[..<start]), answer[start...])
}

@Suite struct FetchServerTests {
    @Test func answersVersionTwoAsGitDoes() throws {
        let peer = try GitPeer()
        for item in cases {
            let request = try item.request(.v2, in: peer)
            let parsed = try UploadPackReader.parse(request.encoded(), version: .v2, features: features)
            #expect(parsed == .fetch(request))
            let ours = try peer.ourAnswer(to: request)
            let theirs = split(try peer.answer(.uploadPack, .v2, to: request.encoded()), at: "000dpackfile\n")
            let head = theirs.pack == nil ? theirs.head : theirs.head + Array("000dpackfile\n".utf8)
            #expect(String(decoding: ours.head, as: UTF8.self) == String(decoding: head, as: UTF8.self), "\(item)")
            #expect(ours.pack == (theirs.pack == nil ? nil : .sideBand64k), "\(item)")
        }
    }

    @Test(arguments: dialects)
    func answersVersionZeroAsGitDoes(dialect: FetchRequest.Dialect) throws {
        let peer = try GitPeer()
        let more = [FetchCase(wants: ["main"], end: .absent), FetchCase(wants: ["main"], end: .absent, depth: 1)]
        for item in cases + more {
            let request = try item.request(dialect, in: peer)
            let parsed = try UploadPackReader.parse(request.encoded(), version: .v0, features: features)
            #expect(parsed == .fetch(request))
            let ours = try peer.ourAnswer(to: request)
            let (head, pack) = split(try peer.answer(.uploadPack, .v0, to: request.encoded()), at: "PACK")
            // Length and channel stand before the first bytes of the pack.
            let acknowledgments = pack == nil || request.framing == .raw ? head : head.dropLast(5)
            #expect(
                String(decoding: ours.head, as: UTF8.self) == String(decoding: acknowledgments, as: UTF8.self),
                "\(item)")
            #expect(ours.pack == (pack == nil ? nil : request.framing), "\(item)")
        }
    }

    @Test func asksForReadinessOnlyWhenItCanHaveChanged() throws {
        let ids = try (1...4).map { try #require(ObjectID(hex: digits(Character("\($0)")))) }
        var request = FetchRequest(.v0(.detailed, noDone: true, .sideBand64k))
        request.wants = [ids[0]]
        request.haves = [ids[3], ids[1]] + Array(repeating: ids[3], count: 50) + [ids[2], ids[3], ids[3]]
        var asked: [[ObjectID]] = []
        let answer = request.answer(common: [ids[1], ids[2]]) { common in
            asked.append(common)
            return false
        }
        #expect(asked == [[ids[1]], [ids[1], ids[2]]])
        #expect(answer.pack == nil)
    }

    @Test func answersNothingWhenNothingIsWanted() throws {
        let request = FetchRequest(.v2)
        let answer = request.answer(common: []) { _ in true }
        #expect(answer == FetchAnswer(head: [], pack: nil))
    }

    @Test(arguments: [
        ("blob:none", ObjectFilter.noBlobs), ("blob:limit=0", .blobsBelow(0)), ("blob:limit=12", .blobsBelow(12)),
        ("blob:limit=1k", .blobsBelow(1_024)), ("blob:limit=2M", .blobsBelow(2 << 20)),
        ("blob:limit=3g", .blobsBelow(3 << 30)),
        ("tree:0", .treeDepth(0)),
    ])
    func readsFilters(text: String, filter: ObjectFilter) throws {
        let wants = packets("want \(digits("1"))", "filter \(text)", "done", nil)
        let body = packets("command=fetch") + delimiter + wants
        guard case .fetch(let request) = try UploadPackReader.parse(body, version: .v2, features: features) else {
            Issue.record("no fetch")
            return
        }
        #expect(request.filter == filter)
        var writer = FetchRequest(.v2)
        writer.filter = filter
        guard case .fetch(let again) = try UploadPackReader.parse(writer.encoded(), version: .v2, features: features)
        else {
            Issue.record("no fetch")
            return
        }
        #expect(again.filter == filter)
    }

    @Test(arguments: [
        "tree:1", "blob:limit=", "blob:limit=k", "blob:limit=-1", "blob:limit=999999999999g", "sparse:oid=main",
        "object:type=tag", "combine:blob:none+tree:0", "", "blob:limit=9999999999999999999",
    ])
    func refusesOtherFilters(text: String) {
        let body = packets("command=fetch") + delimiter + packets("want \(digits("1"))", "filter \(text)", "done", nil)
        let error = #expect(throws: AmxError.self) {
            try UploadPackReader.parse(body, version: .v2, features: features)
        }
        #expect(error?.message == "filtering objects: '\(text)' is not supported")
    }

    @Test(arguments: ["blob:none", "deepen"])
    func refusesWhatIsSwitchedOff(what: String) {
        let plain = UploadPackFeatures(agent: "amx/1", shallow: false, filter: false)
        let lines =
            what == "deepen"
            ? ["deepen 1", "deepen-since 5", "deepen-not a", "shallow \(digits("1"))"] : ["filter \(what)"]
        for line in lines {
            let new = packets("command=fetch") + delimiter + packets(line, nil)
            #expect(throws: AmxError.self) { try UploadPackReader.parse(new, version: .v2, features: plain) }
            let old = packets("want \(digits("1")) filter", line, nil)
            #expect(throws: AmxError.self) { try UploadPackReader.parse(old, version: .v0, features: plain) }
        }
    }

    @Test(arguments: [
        "want 12", "have \(digits("z"))", "deepen 0", "deepen -1", "deepen 99999999999", "sideband-all",
        "want-ref refs/heads/main", "packfile-uris https", "deepen-since x", "deepen-not ", "deepen-not a\u{1}",
        "bogus",
        "shallow \(digits("1"))0", "want \(digits("A"))", "",
    ])
    func refusesArgumentsOfVersionTwo(line: String) {
        let body = packets("command=fetch") + delimiter + packets(line, nil)
        let error = #expect(throws: AmxError.self) {
            try UploadPackReader.parse(body, version: .v2, features: features)
        }
        #expect(error?.code == .failure)
    }

    @Test func refusesContradictions() {
        let both = packets("command=fetch") + delimiter + packets("deepen 1", "deepen-since 2", nil)
        #expect(throws: AmxError.self) { try UploadPackReader.parse(both, version: .v2, features: features) }
        let filters = packets("command=fetch") + delimiter + packets("filter blob:none", "filter tree:0", nil)
        #expect(throws: AmxError.self) { try UploadPackReader.parse(filters, version: .v2, features: features) }
    }

    @Test(arguments: [
        packets("want \(digits("1")) object-format=sha256", nil, "done"), packets("want \(digits("1"))"),
        packets("want \(digits("1"))", "filter blob:none", nil, "done"), packets("have \(digits("1"))", nil),
        packets("want \(digits("1"))", nil, "have \(digits("1"))"), packets("want \(digits("1"))", nil, "maybe"),
        packets(nil, "want \(digits("1"))"), packets("want \(digits("1"))") + delimiter, packets("want", nil),
    ])
    func refusesOtherRequestsOfVersionZero(body: [UInt8]) {
        let error = #expect(throws: AmxError.self) {
            try UploadPackReader.parse(body, version: .v0, features: features)
        }
        #expect(error?.code == .failure)
    }

    @Test func boundsRequests() {
        var limits = WireLimits()
        limits.wants = 2
        limits.haves = 2
        limits.shallows = 2
        limits.options = 2
        for line in ["want \(digits("1"))", "have \(digits("1"))", "shallow \(digits("1"))", "deepen-not a"] {
            let body = packets("command=fetch") + delimiter + packets(line, line, line, nil)
            #expect(throws: AmxError.self, "\(line)") {
                try UploadPackReader.parse(body, version: .v2, features: features, limits: limits)
            }
        }
        let options = packets("command=fetch", "server-option=a", "server-option=b", "server-option=c", nil)
        #expect(throws: AmxError.self) {
            try UploadPackReader.parse(options, version: .v2, features: features, limits: limits)
        }
        let old = packets("want \(digits("1")) a b c", nil, "done")
        #expect(throws: AmxError.self) {
            try UploadPackReader.parse(old, version: .v0, features: features, limits: limits)
        }
        limits.requestBytes = 10
        #expect(throws: AmxError.self) {
            try UploadPackReader.parse(options, version: .v2, features: features, limits: limits)
        }
    }
}
