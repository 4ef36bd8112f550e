import Objects
import TestSupport
import Testing

@testable import Wire

/// What a whole fetch gave.
private struct Fetched {
    var pack: [UInt8] = []
    var acknowledged: [ObjectID] = []
    var shallow: [ShallowUpdate] = []
    var progress = ""
    var isResumed = false
    var requests: [[UInt8]] = []
}

/// Runs a session against a server, answers handed over in parts of a size.
private func run(
    _ session: consuming FetchSession, partSize: Int = 1 << 20, server: ([UInt8]) throws -> [UInt8]
) throws -> Fetched {
    var session = session
    var result = Fetched()
    while let body = try session.nextRequest() {
        result.requests.append(body)
        var rest = try server(body)[...]
        while !rest.isEmpty {
            for event in try session.receive(rest.prefix(partSize)) {
                switch event {
                case .acknowledged(let id): result.acknowledged.append(id)
                case .shallow(let update): result.shallow.append(update)
                case .progress(let text): result.progress += text
                case .resumed: result.isResumed = true
                case .pack(let bytes): result.pack += bytes
                }
            }
            rest = rest.dropFirst(partSize)
        }
        try session.endAnswer()
    }
    #expect(session.isComplete)
    return result
}

/// Puts a pack into a repository and counts what it holds.
private func index(_ pack: [UInt8], in path: String) throws -> String {
    try Tool.git(["index-pack", "--stdin", "--fix-thin", "--strict"], in: path, input: pack)
}

@Suite struct FetchSessionTests {
    @Test(arguments: [ProtocolVersion.v0, .v1, .v2], [1, 7, 1 << 20])
    func clones(version: ProtocolVersion, partSize: Int) throws {
        let peer = try GitPeer()
        let copy = try GitPeer(empty: true)
        let server = try peer.parsedAdvertisement(.uploadPack, version)
        var goal = FetchGoal(wants: [try peer.id("main"), try peer.id("nested")])
        goal.includeTag = true
        let session = try FetchSession(goal, from: server, negotiator: OrderedNegotiator([]), agent: "amx/1")
        let result = try run(session, partSize: partSize) { try peer.answer(.uploadPack, version, to: $0) }
        #expect(result.requests.count == 1)
        _ = try index(result.pack, in: copy.path)
        #expect(try Tool.git(["rev-list", "--count", peer.id("main").hex], in: copy.path) == "5")
        #expect(result.progress.contains("Enumerating"))
    }

    /// The client has commits of its own, more than one batch, before it comes to common ones.
    @Test(arguments: [ProtocolVersion.v0, .v2], [0, 10, 40, 400])
    func negotiates(version: ProtocolVersion, own: Int) throws {
        let peer = try GitPeer()
        let copy = try GitPeer(empty: true)
        try Tool.git(
            ["fetch", "-q", peer.path, "main~2:refs/heads/main".replacingTilde(try peer.id("main~2").hex)],
            in: copy.path)
        let common = try peer.id("main~2")
        let list = (0..<own).map {
            "commit refs/heads/own\ncommitter A <a@b> \(1_800_000_000 + $0) +0000\ndata 1\nx\n"
                + ($0 == 0 ? "from \(common.hex)\n" : "")
        }
        try Tool.git(["fast-import", "--quiet"], in: copy.path, input: Array(list.joined().utf8))
        let tip = own == 0 ? "main" : "own"
        let haves = try Tool.git(["rev-list", tip], in: copy.path).split(separator: "\n").compactMap {
            ObjectID(hex: $0)
        }
        #expect(haves.count == own + 2)

        let server = try peer.parsedAdvertisement(.uploadPack, version)
        let goal = FetchGoal(wants: [try peer.id("main")])
        let session = try FetchSession(goal, from: server, negotiator: OrderedNegotiator(haves), agent: "amx/1")
        let result = try run(session) { try peer.answer(.uploadPack, version, to: $0) }
        #expect(result.acknowledged.first == common)
        #expect(result.requests.count == (own < 15 ? 1 : own < 100 ? 2 : 5) + (version == .v0 && own > 0 ? 1 : 0))
        // c, d and e with a tree and a blob each; the thin pack holds nothing that is common.
        #expect(result.pack[8..<12].elementsEqual([0, 0, 0, 9]))
        _ = try index(result.pack, in: copy.path)
        #expect(try Tool.git(["rev-list", "--count", goal.wants[0].hex], in: copy.path) == "5")
    }

    /// A server that knows nothing of what the client has, in every dialect.
    @Test(
        arguments: ["", "multi_ack_detailed no-done", "multi_ack_detailed", "multi_ack"],
        ["side-band-64k", "side-band", ""])
    func speaksToOldServers(acknowledging: String, framing: String) throws {
        let peer = try GitPeer()
        var server = try peer.parsedAdvertisement(.uploadPack, .v0)
        server.capabilities = CapabilityList(
            spaceSeparated: Array("\(acknowledging) \(framing) thin-pack ofs-delta agent=old".utf8)[...])
        let have = try peer.id("light")
        let unknown = try (1...9).map { try #require(ObjectID(hex: digits(Character("\($0)")))) }
        for haves in [[], unknown, unknown + [have], [have] + unknown, unknown + [have] + unknown.map(reversedDigits)] {
            let goal = FetchGoal(wants: [try peer.id("main")])
            let session = try FetchSession(goal, from: server, negotiator: OrderedNegotiator(haves), agent: "amx/1")
            let result = try run(session, partSize: 3) { try peer.answer(.uploadPack, .v0, to: $0) }
            // Once it is ready, a server with multi_ack alone acknowledges everything.
            let acknowledged = acknowledging == "multi_ack" ? Array(result.acknowledged.prefix(1)) : result.acknowledged
            #expect(acknowledged == (haves.contains(have) ? [have] : []))
            let copy = try GitPeer()
            _ = try index(result.pack, in: copy.path)
            #expect(result.pack[11] == (haves.contains(have) ? 9 : 15))
        }
    }

    @Test(arguments: [ProtocolVersion.v0, .v2])
    func fetchesShallowAndFiltered(version: ProtocolVersion) throws {
        let peer = try GitPeer()
        let server = try peer.parsedAdvertisement(.uploadPack, version)
        let main = try peer.id("main")
        var goal = FetchGoal(wants: [main])
        goal.deepening = .depth(1, relative: false)
        goal.filter = .noBlobs
        let session = try FetchSession(goal, from: server, negotiator: OrderedNegotiator([]), agent: "amx/1")
        let result = try run(session) { try peer.answer(.uploadPack, version, to: $0) }
        #expect(result.shallow == [ShallowUpdate(shallow: [main])])
        #expect(result.pack[11] == 2)

        // Then one more commit of each parent, from the boundary.
        goal.shallow = [main]
        goal.deepening = .depth(1, relative: true)
        let unknown = try (1...9).map { try #require(ObjectID(hex: digits(Character("\($0)")))) }
        let haves = unknown + [main]
        let deeper = try FetchSession(goal, from: server, negotiator: OrderedNegotiator(haves), agent: "amx/1")
        let more = try run(deeper) { try peer.answer(.uploadPack, version, to: $0) }
        #expect(Set(more.shallow.first?.shallow ?? []) == Set([try peer.id("main~1"), try peer.id("side")]))
        #expect(more.shallow.first?.unshallow == [main])
        #expect(more.shallow.count == 1)

        goal.deepening = .revisions(since: 1_700_000_000, excluding: ["refs/tags/light"])
        goal.shallow = []
        let since = try FetchSession(goal, from: server, negotiator: OrderedNegotiator([]), agent: "amx/1")
        let recent = try run(since) { try peer.answer(.uploadPack, version, to: $0) }
        #expect(Set(recent.shallow.first?.shallow ?? []) == Set([try peer.id("main~1"), try peer.id("side")]))
    }

    /// Our server's answers are read by our client, with git's packs.
    @Test(arguments: [ProtocolVersion.v0, .v2])
    func understandsOurServer(version: ProtocolVersion) throws {
        let peer = try GitPeer()
        let features = UploadPackFeatures(agent: "amx/1")
        var reader = AdvertisementReader(service: .uploadPack)
        try reader.append(features.advertisement(try peer.refs(), version: version))
        let server = try reader.finish()
        let unknown = try (1...9).map { try #require(ObjectID(hex: digits(Character("\($0)")))) }
        let session = try FetchSession(
            FetchGoal(wants: [try peer.id("main")]), from: server,
            negotiator: OrderedNegotiator(unknown + unknown.map(reversedDigits) + [try peer.id("light")]),
            agent: "amx/1")
        let pack: [UInt8] = Array("PACK0123456789".utf8)
        let result = try run(session) { body in
            guard case .fetch(let request) = try UploadPackReader.parse(body, version: version, features: features)
            else {
                return []
            }
            let answer = request.answer(common: Set(request.haves.filter(peer.has))) {
                peer.isReady(wants: request.wants, common: $0)
            }
            guard let framing = answer.pack else { return answer.head }
            return answer.head + framing.frame(Array("hi\u{1B}\r".utf8), on: .progress) + framing.keepAlive
                + framing.frame(pack) + framing.end
        }
        #expect(result.pack == pack)
        #expect(result.progress == "hi?\r")
        #expect(result.acknowledged == [try peer.id("light")])
        // v0 says that it is ready only when the client has nothing else.
        #expect(result.requests.count == (version == .v0 ? 3 : 2))
    }

    @Test func givesUpAfterManyHavesInVain() throws {
        var generator = SeededGenerator(seed: 3)
        let first = try #require(ObjectID(bytes: generator.bytes(20)))
        var offers = 0
        let negotiator = OrderedNegotiator {
            offers += 1
            return offers == 1 ? first : ObjectID(bytes: generator.bytes(20))
        }
        let server = ServerAdvertisement(version: .v2, capabilities: CapabilityList([.init("fetch")]))
        var session = try FetchSession(FetchGoal(wants: [first]), from: server, negotiator: negotiator, agent: "amx/1")
        var rounds = 0
        while try session.nextRequest() != nil, rounds < 20 {
            rounds += 1
            let isLast = rounds == 6
            _ = try session.receive(
                isLast
                    ? packets("packfile") + PackFraming.sideBand64k.frame([1]) + packets(nil)
                    : packets("acknowledgments", "ACK \(first.hex)", nil))
            try session.endAnswer()
        }
        #expect(rounds == 6)
        #expect(offers == 16 + 32 + 64 + 128 + 256)
    }

    @Test(arguments: [
        packets("acknowledgments", "ACK \(digits("2"))", nil),
        packets("acknowledgments", "ready", nil),
        packets("acknowledgments", "NAK") + delimiter + packets("packfile", nil),
        packets("acknowledgments", "ACK x", nil),
        packets("wanted-refs", nil),
        packets("ERR upload-pack: not our ref \(digits("1"))"),
        packets("shallow-info", "shallow x") + delimiter,
        packets("shallow-info", nil),
        packets("packfile", "\u{9}x"),
        packets("packfile") + PackFraming.sideBand64k.frame([1]),
        packets("packfile") + PackFraming.sideBand64k.fatal(AmxError(.failure, "broken")),
        packets("packfile", nil, nil), packets("packfile", "ERR broken"),
        Array("garbage".utf8), [], delimiter, packets(nil),
    ])
    func refusesOtherAnswers(answer: [UInt8]) throws {
        let id = try #require(ObjectID(hex: digits("1")))
        let server = ServerAdvertisement(version: .v2, capabilities: CapabilityList([.init("fetch", "shallow filter")]))
        var session = try FetchSession(
            FetchGoal(wants: [id]), from: server, negotiator: OrderedNegotiator([id]), agent: "amx/1")
        _ = try session.nextRequest()
        let error = #expect(throws: AmxError.self) {
            _ = try session.receive(answer)
            try session.endAnswer()
        }
        #expect(error?.code == (answer.count > 40 && answer[4] == UInt8(ascii: "E") ? .notFound : .network))
    }

    @Test func refusesWhatTheServerLacks() throws {
        let id = try #require(ObjectID(hex: digits("1")))
        var goals = [FetchGoal(wants: []), FetchGoal(wants: [id]), FetchGoal(wants: [id]), FetchGoal(wants: [id])]
        goals[1].filter = .noBlobs
        goals[2].deepening = .depth(1, relative: false)
        goals[3].shallow = [id]
        for goal in goals {
            for version in [ProtocolVersion.v0, .v2] {
                let server = ServerAdvertisement(version: version, capabilities: CapabilityList([.init("fetch")]))
                #expect(throws: AmxError.self) {
                    _ = try FetchSession(goal, from: server, negotiator: OrderedNegotiator([]), agent: "amx/1")
                }
            }
        }
    }
}

/// Another id that no repository has.
private func reversedDigits(_ id: ObjectID) -> ObjectID {
    ObjectID(bytes: id.bytes.map { $0 ^ 0xF0 }) ?? id
}

extension String {
    /// The refspec with its source replaced by an id.
    fileprivate func replacingTilde(_ id: String) -> String { id + drop { $0 != ":" } }
}
