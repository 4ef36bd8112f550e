import Objects
import TestSupport
import Testing

@testable import Wire

/// A parser of the wire under one roof: it is fed parts of a message and then told that there is no more.
private struct Subject: Sendable, CustomStringConvertible {
    let description: String
    /// Well-formed messages to begin with.
    let seeds: [[UInt8]]
    /// Parses a message that comes in these parts; throws `AmxError` for a bad one.
    let parse: @Sendable ([ArraySlice<UInt8>]) throws -> Void
}

private let features = UploadPackFeatures(agent: "amx/1")
private let one = digits("1")
private let two = digits("2")

private func uploadPack(_ version: ProtocolVersion, _ seeds: [[UInt8]]) -> Subject {
    Subject(description: "upload-pack \(version)", seeds: seeds) { parts in
        var reader = UploadPackReader(version: version, features: features)
        for part in parts { try reader.append(part) }
        guard case .fetch(let request) = try reader.finish() else { return }
        // What was parsed can be answered and said again.
        _ = request.answer(common: Set(request.haves.prefix(1))) { !$0.isEmpty }
        guard !request.wants.isEmpty else { return }
        #expect(try UploadPackReader.parse(request.encoded(), version: version, features: features) == .fetch(request))
    }
}

private func session(
    _ version: ProtocolVersion, _ capabilities: String, haves: [ObjectID] = [ObjectID(hex: one) ?? .zero],
    _ seeds: [[UInt8]]
) -> Subject {
    Subject(description: "fetch session \(version) \(capabilities) \(haves.count)", seeds: seeds) { parts in
        let server = ServerAdvertisement(
            version: version, capabilities: CapabilityList(spaceSeparated: Array(capabilities.utf8)[...]))
        guard let id = ObjectID(hex: one) else { return }
        var session = try FetchSession(
            FetchGoal(wants: [id]), from: server, negotiator: OrderedNegotiator(haves), agent: "amx/1")
        _ = try session.nextRequest()
        for part in parts { _ = try session.receive(part) }
        try session.endAnswer()
    }
}

private let subjects: [Subject] = {
    var fetch = FetchRequest(.v2)
    fetch.wants = [ObjectID.zero]
    fetch.haves = [ObjectID.zero]
    fetch.shallow = [ObjectID.zero]
    fetch.deepening = .depth(3, relative: true)
    fetch.filter = .blobsBelow(100)
    fetch.capabilities = CapabilityList([.init("agent", "x"), .init("object-format", "sha1")])
    var old = fetch
    old.dialect = .v0(.detailed, noDone: true, .sideBand64k)
    old.deepening = .revisions(since: 5, excluding: ["refs/heads/a"])
    let full = ReceivePackFeatures(agent: "amx/1").capabilities
    let push = PushRequest(
        commands: [PushCommand(name: "refs/heads/a", old: .zero, new: ObjectID(hex: one) ?? .zero)], capabilities: full,
        options: ["a b"], shallow: [.zero])
    let report = PushReport(results: [
        .init("refs/heads/a", .ok, rewrite: .init(name: "refs/heads/b", old: .zero, new: .zero, forced: true)),
        .init("refs/heads/b", .rejected("no")),
    ])
    let refs = RefAdvertisement(
        [
            AdvertisedRef(name: "refs/heads/main", id: .zero),
            AdvertisedRef(name: "refs/tags/v1", id: .zero, peeled: .zero),
        ], headTarget: "refs/heads/main")
    let pack =
        PackFraming.sideBand64k.frame(Array("hello".utf8), on: .progress)
        + PackFraming.sideBand64k.frame(Array("PACK".utf8)) + packets(nil)
    return [
        uploadPack(
            .v2,
            [fetch.encoded(), LsRefsRequest(peel: true, symrefs: true, prefixes: ["a", "b"]).encoded(), packets(nil)]),
        uploadPack(.v0, [old.encoded(), packets("want \(one) multi_ack side-band", nil, "have \(two)", "done")]),
        Subject(description: "receive-pack", seeds: [push.encoded() + Array("PACK1234".utf8), packets(nil)]) { parts in
            var reader = ReceivePackReader()
            for part in parts { _ = try reader.append(part) }
            guard let request = try reader.finish() else { return }
            _ = report.answer(to: request)
        },
        Subject(
            description: "advertisement",
            seeds: [
                features.advertisement(refs, version: .v0), features.advertisement(refs, version: .v1),
                features.advertisementV2,
                Array(
                    ReceivePackFeatures(agent: "x").advertisement(refs, version: .v0)
                        .dropFirst(GitService.receivePack.announcement.count)),
            ]
        ) { parts in
            var reader = AdvertisementReader(service: .uploadPack)
            for part in parts { try reader.append(part) }
            _ = try reader.finish()
        },
        Subject(description: "ls-refs", seeds: [LsRefsRequest(peel: true, symrefs: true).answer(refs)]) { parts in
            var reader = LsRefsReader()
            for part in parts { try reader.append(part) }
            _ = try reader.finish()
        },
        Subject(
            description: "report",
            seeds: [PackFraming.sideBand64k.frame(Array("hi".utf8), on: .progress) + report.answer(to: push)]
        ) { parts in
            var reader = PushReportReader(to: push)
            for part in parts { _ = try reader.append(part) }
            _ = try reader.finish()
        },
        session(
            .v2, "fetch=shallow",
            [
                packets("acknowledgments", "ACK \(one)", "ready") + delimiter + packets("packfile") + pack,
                packets("acknowledgments", "NAK", nil),
                packets("shallow-info", "shallow \(one)", "unshallow \(two)") + delimiter + packets("packfile") + pack,
            ]),
        session(
            .v0, "multi_ack_detailed no-done side-band-64k",
            [
                packets("ACK \(one) common", "ACK \(one) ready", "NAK", "ACK \(one)") + pack,
                packets("NAK"),
            ]),
        session(.v0, "", [packets("ACK \(one)"), packets("NAK")]),
        session(.v0, "side-band", haves: [], [packets("NAK") + pack]),
        session(.v0, "", haves: [], [packets("NAK") + Array("PACKxyz".utf8)]),
    ]
}()

extension SeededGenerator {
    /// The bytes with a few changes: bits, whole lengths, pieces lost, doubled, swapped in from another message.
    fileprivate mutating func mutated(_ bytes: [UInt8], with others: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            guard !bytes.isEmpty else { break }
            let at = Int.random(in: 0..<bytes.count, using: &self)
            let upTo = min(bytes.count, at + Int.random(in: 1...20, using: &self))
            switch Int.random(in: 0..<8, using: &self) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 2: bytes.removeSubrange(at..<upTo)
            case 3: bytes.insert(contentsOf: bytes[at..<upTo], at: at)
            case 4: bytes.removeSubrange(at...)
            case 5:
                let digits = Array(
                    ["0000", "0001", "0002", "0003", "0004", "ffff", "fff0", "0005"].randomElement(using: &self)?.utf8
                        ?? "".utf8)
                bytes.replaceSubrange(at..<min(bytes.count, at + 4), with: digits)
            case 6: bytes.insert(contentsOf: others.randomElement(using: &self) ?? [], at: at)
            default: bytes.append(contentsOf: bytes[at..<upTo])
            }
        }
        return bytes
    }

    /// The bytes cut into parts of random sizes.
    fileprivate mutating func parts(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...40, using: &self))
            parts.append(part)
            rest = rest.dropFirst(part.count)
        }
        return parts
    }
}

@Suite struct FuzzTests {
    /// Whatever comes, a parser returns or throws `AmxError`, and where the bytes are cut changes nothing.
    @Test(arguments: subjects)
    fileprivate func survivesMutation(subject: Subject) throws {
        var generator = SeededGenerator(seed: 2_026)
        var accepted = 0
        var refused = 0
        for seed in subject.seeds {
            try subject.parse([seed[...]])
            for _ in 0..<700 {
                let message = generator.mutated(seed, with: subject.seeds)
                let whole = verdict { try subject.parse([message[...]]) }
                let inParts = verdict { try subject.parse(generator.parts(message)) }
                #expect(whole == inParts, "\(subject): \(String(decoding: message, as: UTF8.self))")
                if whole == nil { accepted += 1 } else { refused += 1 }
            }
        }
        #expect(accepted > 0 && refused > 0)
    }

    /// The message of the error, or nil without one; any other error is a failure.
    private func verdict(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let error as AmxError {
            return error.message
        } catch {
            Issue.record(error)
            return "\(error)"
        }
    }
}
