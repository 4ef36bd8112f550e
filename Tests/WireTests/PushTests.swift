import Objects
import TestSupport
import Testing

@testable import Wire

private let zero = ObjectID.zero

/// A pack with everything that a revision reaches and others don't.
private func pack(_ revisions: [String], in peer: GitPeer) throws -> [UInt8] {
    let input = Array((revisions.joined(separator: "\n") + "\n").utf8)
    return try Tool.run(
        "git", ["pack-objects", "--revs", "--stdout", "-q"], in: peer.path, environment: Tool.gitEnvironment,
        input: input
    ).output
}

/// Sends a push to `git receive-pack` and reads its report, handed over byte by byte.
private func push(
    _ request: PushRequest, pack: [UInt8], to peer: GitPeer
) throws -> (report: PushReport?, messages: String) {
    let answer = try peer.answer(.receivePack, .v0, to: request.encoded() + pack)
    var reader = PushReportReader(to: request)
    var messages = ""
    for byte in answer { messages += try reader.append([byte]).joined() }
    return (try reader.finish(), messages)
}

/// Which capabilities a server is made to offer.
private let offers = [
    "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta push-options object-format=sha1 agent=x",
    "report-status delete-refs side-band-64k", "report-status report-status-v2 delete-refs",
    "report-status delete-refs",
]

@Suite struct PushTests {
    @Test(arguments: offers)
    func pushesToGit(offer: String) throws {
        let source = try GitPeer()
        let target = try GitPeer(empty: true)
        let server = ServerAdvertisement(
            version: .v0, capabilities: CapabilityList(spaceSeparated: Array(offer.utf8)[...]))
        let (main, side, tag) = (try source.id("main"), try source.id("side"), try source.id("v1"))
        func request(_ commands: PushCommand...) throws -> PushRequest {
            try PushRequest(commands, to: server, agent: "amx/1")
        }

        let create = try request(
            PushCommand(name: "refs/heads/main", old: zero, new: side),
            PushCommand(name: "refs/tags/v1", old: zero, new: tag))
        let created = try push(create, pack: pack(["side", "v1"], in: source), to: target)
        #expect(created.report == PushReport(results: [.init("refs/heads/main", .ok), .init("refs/tags/v1", .ok)]))
        #expect(try Tool.git(["rev-parse", "main", "v1"], in: target.path) == "\(side.hex)\n\(tag.hex)")

        let update = try request(PushCommand(name: "refs/heads/main", old: side, new: main))
        let updated = try push(update, pack: pack(["main", "^side", "^v1"], in: source), to: target)
        #expect(updated.report == PushReport(results: [.init("refs/heads/main", .ok)]))

        let stale = try request(
            PushCommand(name: "refs/heads/main", old: side, new: tag),
            PushCommand(name: "refs/heads/x", old: zero, new: side))
        let half = try push(stale, pack: pack([], in: source), to: target).report
        #expect(half?.unpackFailure == nil)
        #expect(half?.results.last == .init("refs/heads/x", .ok))
        guard case .rejected(let reason) = half?.results.first?.outcome else {
            Issue.record("a stale update was taken")
            return
        }
        #expect(!reason.isEmpty)

        let delete = try request(PushCommand(name: "refs/tags/v1", old: tag, new: zero))
        #expect(!delete.expectsPack)
        #expect(try push(delete, pack: [], to: target).report == PushReport(results: [.init("refs/tags/v1", .ok)]))
        #expect(try Tool.git(["tag", "-l"], in: target.path) == "")

        let broken = try push(
            request(PushCommand(name: "refs/heads/y", old: zero, new: main)), pack: Array("PACK????".utf8), to: target)
        #expect(broken.report?.unpackFailure?.isEmpty == false)
        #expect(broken.report?.results.map(\.name) == ["refs/heads/y"])
        #expect(broken.report?.results.first?.outcome != .ok)
        try Tool.git(["fsck", "--strict"], in: target.path)
    }

    @Test func pushesAtomicallyWithOptions() throws {
        let source = try GitPeer()
        let target = try GitPeer(empty: true)
        try target.folder.write(
            "server.git/hooks/pre-receive", text: "#!/bin/sh\necho \"got $GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_1\"\n",
            executable: true)
        let server = try target.parsedAdvertisement(.receivePack, .v0)
        let main = try source.id("main")
        let request = try PushRequest(
            [
                PushCommand(name: "refs/heads/main", old: zero, new: main),
                PushCommand(name: "refs/heads/other", old: main, new: main),
            ], to: server, agent: "amx/1", options: ["one", "two words"], atomic: true)
        let result = try push(request, pack: pack(["main"], in: source), to: target)
        #expect(result.messages.hasPrefix("got 2 two words\n"))
        #expect(result.report?.results.allSatisfy { $0.outcome != .ok } == true)
        #expect(try Tool.git(["for-each-ref"], in: target.path) == "")
    }

    @Test func refusesWhatTheServerLacks() throws {
        let id = try #require(ObjectID(hex: digits("1")))
        let server = ServerAdvertisement(version: .v0, capabilities: CapabilityList([.init("report-status")]))
        let create = PushCommand(name: "refs/heads/a", old: zero, new: id)
        let delete = PushCommand(name: "refs/heads/a", old: id, new: zero)
        #expect(throws: AmxError.self) { try PushRequest([delete], to: server, agent: "a") }
        #expect(throws: AmxError.self) { try PushRequest([create], to: server, agent: "a", atomic: true) }
        #expect(throws: AmxError.self) { try PushRequest([create], to: server, agent: "a", options: ["x"]) }
        let full = ServerAdvertisement(version: .v0, capabilities: ReceivePackFeatures(agent: "x").capabilities)
        let error = #expect(throws: AmxError.self) {
            try PushRequest([create], to: full, agent: "a", options: ["a\nb"])
        }
        #expect(error?.code == .usage)
    }

    @Test(arguments: offers)
    func readsItsOwnReports(offer: String) throws {
        let id = try #require(ObjectID(hex: digits("1")))
        let commands = ["a", "b", "c"].map { PushCommand(name: "refs/heads/\($0)", old: zero, new: id) }
        let request = PushRequest(
            commands: commands, capabilities: CapabilityList(spaceSeparated: Array(offer.utf8)[...]))
        let rewrite = PushReport.Rewrite(name: "refs/heads/z", old: id, new: zero, forced: true)
        let report = PushReport(results: [
            .init("refs/heads/a", .ok, rewrite: request.reporting == .v2 ? rewrite : nil),
            .init("refs/heads/b", .rejected("non-fast-forward (fetch first)")), .init("refs/heads/c", .ok),
        ])
        for partSize in [1, 5, 1 << 20] {
            var reader = PushReportReader(to: request)
            var rest = (request.framing.frame(Array("hi\n".utf8), on: .progress) + report.answer(to: request))[...]
            var messages = ""
            while !rest.isEmpty {
                messages += try reader.append(rest.prefix(partSize)).joined()
                rest = rest.dropFirst(partSize)
            }
            #expect(try reader.finish() == report)
            #expect(messages == (request.framing == .raw ? "" : "hi\n"))
        }
        let refused = PushReport.refused(
            request, because: AmxError(.failure, "reading the pack: it is\ncut", hint: "again"))
        var reader = PushReportReader(to: request)
        _ = try reader.append(refused.answer(to: request))
        let read = try reader.finish()
        #expect(read?.unpackFailure == "reading the pack: it is cut (again)")
        #expect(read?.results == commands.map { .init($0.name, .rejected("unpacker error")) })
    }

    @Test func sendsNoReportThatWasNotAskedFor() throws {
        let request = PushRequest(commands: [], capabilities: CapabilityList([.init("side-band-64k")]))
        #expect(PushReport(results: []).answer(to: request) == packets(nil))
        #expect(PushReport(results: []).answer(to: PushRequest(commands: [])).isEmpty)
        var reader = PushReportReader(to: request)
        _ = try reader.append(packets(nil))
        #expect(try reader.finish() == nil)
    }

    @Test(arguments: [
        [], packets(nil), packets("unpack ok"), packets("ok refs/heads/a", nil), packets("unpack ok", "maybe", nil),
        packets("unpack ok", nil, "x"), packets("ERR away"), delimiter, packets("unpack ok", "ok \u{1}", nil),
    ])
    func refusesOtherReports(report: [UInt8]) throws {
        for offer in ["report-status", "report-status side-band-64k"] {
            let request = PushRequest(
                commands: [], capabilities: CapabilityList(spaceSeparated: Array(offer.utf8)[...]))
            var reader = PushReportReader(to: request)
            let error = #expect(throws: AmxError.self) {
                _ = try reader.append(request.framing.frame(report) + request.framing.end)
                _ = try reader.finish()
            }
            #expect(error?.code == .network)
        }
    }

    @Test func countsSilenceAsRejection() throws {
        let request = PushRequest(
            commands: [PushCommand(name: "refs/heads/a", old: zero, new: zero)],
            capabilities: CapabilityList([.init("report-status")]))
        var reader = PushReportReader(to: request)
        _ = try reader.append(packets("unpack ok", "ok refs/heads/b", nil))
        #expect(try reader.finish()?.results == [.init("refs/heads/a", .rejected("the server did not report on it"))])
    }

    @Test func saysWhatTheServerSaysInTheSideBand() throws {
        let request = PushRequest(
            commands: [], capabilities: CapabilityList([.init("side-band-64k"), .init("report-status")]))
        for bytes in [request.framing.fatal(AmxError(.denied, "no way")), packets("ERR no way")] {
            var reader = PushReportReader(to: request)
            let error = #expect(throws: AmxError.self) { try reader.append(bytes) }
            #expect(error?.message == "the server refused: no way")
        }
    }
}
