import Objects
import TestSupport
import Testing

@testable import Wire

/// Real `git` as the client of our answers.
///
/// `git fetch-pack` and `git send-pack` with `--stateless-rpc` are the halves of git's HTTP client that speak the protocol:
/// they read the advertisement and all answers from standard input, and write the requests to standard output. In v2 each
/// ends with its own flush; before, its bytes are wrapped in packets once more.
private func requests(
    _ arguments: [String], in path: String, version: ProtocolVersion, answers: [UInt8]
) throws -> (bodies: [[UInt8]], outcome: Tool.Outcome) {
    let environment = Tool.gitEnvironment.merging(["GIT_PROTOCOL": version.header ?? ""]) { $1 }
    let outcome = try Tool.run(
        "git", ["-c", "protocol.version=\(version.rawValue)"] + arguments, in: path, environment: environment,
        input: answers)
    var rest = outcome.output[...]
    var bodies: [[UInt8]] = []
    var body: [UInt8] = []
    while let length = Int(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16), !rest.isEmpty {
        let packet = rest.prefix(max(length, 4))
        rest = rest.dropFirst(packet.count)
        body += version == .v2 ? packet : packet.dropFirst(4)
        guard length == 0 else { continue }
        bodies.append(body)
        body = []
    }
    return (bodies, outcome)
}

private func pack(_ revisions: String, in peer: GitPeer) throws -> [UInt8] {
    try Tool.run(
        "git", ["pack-objects", "--revs", "--stdout", "-q", "--thin"], in: peer.path, environment: Tool.gitEnvironment,
        input: Array(revisions.utf8)
    ).output
}

private let features = UploadPackFeatures(agent: "amx/1")

@Suite struct GitClientTests {
    @Test func clonesFromOurVersionZero() throws {
        let peer = try GitPeer()
        let copy = try GitPeer(empty: true)
        let advertisement = features.advertisement(try peer.refs(), version: .v0)
            .dropFirst(GitService.uploadPack.announcement.count)
        let framing = PackFraming.sideBand64k
        let answer =
            packets("NAK") + framing.frame(Array("counting\n".utf8), on: .progress)
            + framing.frame(try pack("main\nnested\n", in: peer)) + framing.end
        let (bodies, outcome) = try requests(
            ["fetch-pack", "--stateless-rpc", "--thin", "--include-tag", ".", "refs/heads/main", "refs/tags/nested"],
            in: copy.path, version: .v0, answers: advertisement + answer)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("remote: counting"))
        try Tool.git(["fsck", "--strict"], in: copy.path)
        #expect(try Tool.git(["rev-list", "--count", try peer.id("nested").hex], in: copy.path) == "3")

        let command = try UploadPackReader.parse(try #require(bodies.first), version: .v0, features: features)
        guard case .fetch(let request) = command else {
            Issue.record("no fetch")
            return
        }
        #expect(Set(request.wants) == [try peer.id("main"), try peer.id("nested")])
        #expect(
            request.dialect == .v0(.detailed, noDone: false, .sideBand64k)
                || request.dialect == .v0(.detailed, noDone: true, .sideBand64k))
        #expect(request.end == .done)
        #expect(request.thinPack && request.ofsDelta && request.includeTag)
        #expect(request.answer(common: []) { _ in false } == FetchAnswer(head: packets("NAK"), pack: framing))
    }

    @Test(arguments: [[], ["--depth=1"], ["--filter=blob:none"], ["--shallow-exclude=refs/tags/light"]] as [[String]])
    func clonesFromOurVersionTwo(options: [String]) throws {
        let peer = try GitPeer()
        let copy = try GitPeer(empty: true)
        let main = try peer.id("main")
        let end = Array("0002".utf8)
        let listing = LsRefsRequest(peel: true, symrefs: true, prefixes: ["refs/heads/main"])
        var request = FetchRequest(.v2)
        request.wants = [main]
        request.end = .done
        var update = ShallowUpdate()
        if options.contains("--depth=1") {
            request.deepening = .depth(1, relative: false)
            update.shallow = [main]
        } else if !options.isEmpty, options != ["--filter=blob:none"] {
            request.deepening = .revisions(since: nil, excluding: ["refs/tags/light"])
            update.shallow = [try peer.id("main~1"), try peer.id("side")]
        }
        let answer = request.answer(common: [], shallow: update) { _ in false }
        let framing = try #require(answer.pack)
        let answers =
            features.advertisementV2 + listing.answer(try peer.refs()) + end + answer.head
            + framing.frame(try pack("main\n", in: peer)) + framing.end + end
        let (bodies, outcome) = try requests(
            ["fetch-pack", "--stateless-rpc"] + options + [".", "refs/heads/main"], in: copy.path, version: .v2,
            answers: answers)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Tool.git(["cat-file", "-t", main.hex], in: copy.path) == "commit")
        let commands = try bodies.compactMap { try UploadPackReader.parse($0, version: .v2, features: features) }
        #expect(commands.count == 2)
        guard case .lsRefs = commands.first, case .fetch(let asked) = commands.last else {
            Issue.record("\(commands)")
            return
        }
        #expect(asked.wants == [main])
        #expect(asked.deepening == request.deepening)
        #expect(asked.filter == (options == ["--filter=blob:none"] ? .noBlobs : .none))
        #expect(asked.end == .done)
        #expect(asked.ofsDelta)
    }

    /// The client has the start of the history and 14 commits of its own: with them it fills one batch of 16.
    @Test(arguments: [ProtocolVersion.v0, .v2])
    func fetchesFromUsWithNegotiation(version: ProtocolVersion) throws {
        let peer = try GitPeer()
        let copy = try GitPeer(empty: true)
        let main = try peer.id("main")
        let common = [try peer.id("light"), try peer.id("light~1")]
        try Tool.git(["fetch", "-q", peer.path, "refs/tags/light:refs/heads/main"], in: copy.path)
        let own = (0..<14).map { number in
            "commit refs/heads/main\ncommitter A <a@b> \(1_800_000_000 + number) +0000\ndata 1\nx\n"
                + (number == 0 ? "from refs/heads/main^0\n" : "")
        }
        try Tool.git(["fast-import", "--quiet"], in: copy.path, input: Array(own.joined().utf8))
        let haves = try Tool.git(["rev-list", "main"], in: copy.path).split(separator: "\n").compactMap {
            ObjectID(hex: $0)
        }

        var rounds = [FetchRequest(version == .v2 ? .v2 : .v0(.detailed, noDone: true, .sideBand64k))]
        rounds[0].wants = [main]
        rounds[0].haves = haves
        if version == .v0 {
            // It hears of no `ready`, because it has other commits too, and asks again with the newest of what is common.
            var last = rounds[0]
            last.haves = [common[0]]
            last.end = .done
            rounds.append(last)
        }
        let answers = rounds.map { request in
            request.answer(common: Set(common)) { peer.isReady(wants: request.wants, common: $0) }
        }
        #expect(answers.map { $0.pack == nil } == (version == .v0 ? [true, false] : [false]))
        let framing = PackFraming.sideBand64k
        let refs = RefAdvertisement([AdvertisedRef(name: "refs/heads/main", id: main)])
        let end = version == .v2 ? Array("0002".utf8) : []
        let advertisement =
            version == .v2
            ? features.advertisementV2 + LsRefsRequest(peel: true, symrefs: true).answer(refs) + end
            : Array(features.advertisement(refs, version: .v0).dropFirst(GitService.uploadPack.announcement.count))
        let (bodies, outcome) = try requests(
            ["fetch-pack", "--stateless-rpc", "--thin", ".", "refs/heads/main"], in: copy.path, version: version,
            answers: advertisement + answers.flatMap(\.head) + framing.frame(try pack("main\n^light\n", in: peer))
                + framing.end + end)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try Tool.git(["rev-list", "--count", main.hex], in: copy.path) == "5")

        let asked = try bodies.compactMap { body -> FetchRequest? in
            let command = try UploadPackReader.parse(body, version: version, features: features)
            if case .fetch(let request) = command { return request }
            return nil
        }
        #expect(asked.map(\.dialect) == rounds.map(\.dialect))
        #expect(asked.map(\.haves) == rounds.map(\.haves))
        #expect(asked.map(\.end) == rounds.map(\.end))
    }

    @Test(arguments: [["main:refs/heads/new", "v1", ":refs/heads/side"], ["--atomic", "+side:refs/heads/main"]])
    func pushesToUs(refspecs: [String]) throws {
        let peer = try GitPeer()
        let advertisement = ReceivePackFeatures(agent: "amx/1").advertisement(
            RefAdvertisement([
                AdvertisedRef(name: "refs/heads/main", id: try peer.id("main~1")),
                AdvertisedRef(name: "refs/heads/side", id: try peer.id("side")),
            ]), version: .v0
        ).dropFirst(GitService.receivePack.announcement.count)
        let isAtomic = refspecs.contains("--atomic")
        let names = isAtomic ? ["refs/heads/main"] : ["refs/heads/new", "refs/tags/v1", "refs/heads/side"]
        var expected = PushRequest(commands: [], capabilities: ReceivePackFeatures(agent: "amx/1").capabilities)
        expected.commands = names.map { PushCommand(name: $0, old: .zero, new: .zero) }
        let report = PushReport(
            results: names.enumerated().map { .init($1, $0 == 1 ? .rejected("a release that exists") : .ok) })
        let framing = PackFraming.sideBand64k
        let (bodies, outcome) = try requests(
            ["send-pack", "--stateless-rpc", "--helper-status", "."] + refspecs, in: peer.path, version: .v0,
            answers: advertisement + framing.frame(Array("checking\n".utf8), on: .progress)
                + report.answer(to: expected))
        #expect(outcome.errors.contains("remote: checking"))
        // The status lines for the remote helper stand behind the packets of the requests.
        let lines = outcome.text.split(whereSeparator: \.isNewline)
        #expect(lines.contains { $0.hasSuffix("ok \(names[0])") })
        #expect(lines.contains { $0.hasSuffix("error refs/tags/v1 a release that exists") } == !isAtomic)

        var reader = ReceivePackReader()
        let pack = Array(try reader.append(Array(bodies.joined())))
        let request = try #require(try reader.finish())
        #expect(Set(request.commands.map(\.name)) == Set(names))
        #expect(request.isAtomic == isAtomic)
        #expect(request.reporting == .v2)
        #expect(request.framing == .sideBand64k)
        #expect(request.expectsPack)
        #expect(pack.starts(with: "PACK".utf8))
        try Tool.git(["index-pack", "--stdin", "--fix-thin"], in: peer.path, input: pack)
    }
}
