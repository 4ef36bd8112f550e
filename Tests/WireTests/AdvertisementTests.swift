import Objects
import TestSupport
import Testing

@testable import Wire

private let features = UploadPackFeatures(agent: "git/\(gitVersion)")
private let gitVersion: String =
    (try? Tool.git(["--version"], in: "/"))?.split(separator: " ").dropFirst(2).first.map(String.init) ?? ""

/// Without lines that only git's own server has.
private func withoutObjectInfo(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).split(separator: "0010object-info\n").joined()
}

private func read(_ bytes: [UInt8], _ service: GitService = .uploadPack) throws -> ServerAdvertisement {
    var reader = AdvertisementReader(service: service)
    for byte in bytes { try reader.append([byte]) }
    return try reader.finish()
}

private let one = digits("1")
private let zero = ObjectID.zero.hex

@Suite struct AdvertisementTests {
    @Test(arguments: [ProtocolVersion.v0, .v1])
    func advertisesFetchesAsGitDoes(version: ProtocolVersion) throws {
        let peer = try GitPeer()
        let ours = features.advertisement(try peer.refs(), version: version)
        let theirs = GitService.uploadPack.announcement + (try peer.advertisement(.uploadPack, version))
        #expect(String(decoding: ours, as: UTF8.self) == String(decoding: theirs, as: UTF8.self))
    }

    /// As the specification has it, and git since 2.41; before, it sent nothing but a flush.
    @Test func advertisesAnEmptyRepository() throws {
        let ours = features.advertisement(RefAdvertisement([], headTarget: "refs/heads/main"), version: .v0)
        let text = String(decoding: ours, as: UTF8.self)
        #expect(text.dropFirst(38).hasPrefix("\(zero) capabilities^{}\0multi_ack thin-pack side-band"))
        #expect(!text.contains("symref="))
        let read = try read(ours)
        #expect(read.refs == RefAdvertisement())
        #expect(read.capabilities.contains("no-done"))
        #expect(try GitPeer(empty: true).parsedAdvertisement(.uploadPack, .v0).refs == RefAdvertisement())
    }

    @Test func advertisesVersionTwoAsGitDoes() throws {
        let peer = try GitPeer()
        let ours = features.advertisement(RefAdvertisement(), version: .v2)
        #expect(String(decoding: ours, as: UTF8.self) == withoutObjectInfo(try peer.advertisement(.uploadPack, .v2)))
    }

    @Test(arguments: [false, true], [ProtocolVersion.v0, .v1, .v2])
    func advertisesPushesAsGitDoes(empty: Bool, version: ProtocolVersion) throws {
        let peer = try GitPeer(empty: empty)
        let ours = ReceivePackFeatures(agent: features.agent).advertisement(try peer.refs(), version: version)
        let theirs = GitService.receivePack.announcement + (try peer.advertisement(.receivePack, version))
        #expect(String(decoding: ours, as: UTF8.self) == String(decoding: theirs, as: UTF8.self))
    }

    @Test func leavesOutWhatIsSwitchedOff() throws {
        let plain = UploadPackFeatures(
            agent: "amx/1", shallow: false, filter: false, reachableWants: false, sessionID: "s")
        let old = try read(plain.advertisement(RefAdvertisement(), version: .v0)).capabilities
        for name in ["shallow", "deepen-since", "filter", "allow-tip-sha1-in-want"] { #expect(!old.contains(name)) }
        #expect(old.value(of: "session-id") == "s")
        let new = try read(plain.advertisement(RefAdvertisement(), version: .v2)).capabilities
        #expect(new.features(of: "fetch") == ["wait-for-done"])
    }

    @Test(arguments: [ProtocolVersion.v0, .v1])
    func readsRefsBack(version: ProtocolVersion) throws {
        let peer = try GitPeer()
        let refs = try peer.refs()
        let advertisement = try read(features.advertisement(refs, version: version))
        #expect(advertisement.refs == refs)
        #expect(advertisement.version == version)
        #expect(advertisement.refs.headTarget == "refs/heads/main")
        #expect(try peer.parsedAdvertisement(.uploadPack, version) == advertisement)
        let push = try peer.parsedAdvertisement(.receivePack, .v0)
        #expect(push.refs.refs.map(\.name) == refs.refs.map(\.name).filter { $0 != "HEAD" })
        #expect(push.capabilities.contains("atomic"))
    }

    @Test func readsVersionTwo() throws {
        let advertisement = try GitPeer().parsedAdvertisement(.uploadPack, .v2)
        #expect(advertisement.version == .v2)
        #expect(advertisement.capabilities.features(of: "fetch").isSuperset(of: ["shallow", "filter"]))
        #expect(advertisement.lsRefs(agent: "amx/1").unborn)
    }

    @Test func passesOverWhatIsNoRefOfACapsule() throws {
        var body = packets("\(one) refs/heads/a\0shallow agent=x")
        body += packets("\(one) refs/heads/\u{1}x", "\(one) refs/tags/t", "\(zero) refs/tags/t^{}", "\(one) .have")
        var writer = PacketWriter()
        writer.data(Array("\(one) refs/heads/".utf8) + [0xFF, 0x0A])
        body += writer.bytes + packets("shallow \(one)", nil)
        let advertisement = try read(body)
        #expect(advertisement.refs.refs.map(\.name) == ["refs/heads/a", "refs/tags/t"])
        #expect(advertisement.refs.ref(named: "refs/tags/t")?.peeled == .zero)
        #expect(advertisement.shallow.map(\.hex) == [one])
    }

    @Test(arguments: [
        packets("version 2", "agent=x", "object-format=sha256", nil),
        packets("\(one)\(String(one.prefix(24))) HEAD\0object-format=sha256", nil),
    ])
    func refusesSHA256(body: [UInt8]) {
        let error = #expect(throws: AmxError.self) { try read(body) }
        #expect(error?.message == "reading the repository: its object format is 'sha256', and Amx knows sha1 only")
    }

    @Test func saysWhatTheServerSays() {
        let error = #expect(throws: AmxError.self) { try read(packets("ERR no \u{1B}[31mway")) }
        #expect(error?.message == "the server refused: no ?[31mway")
        #expect(error?.code == .network)
    }

    @Test(arguments: [
        Array("<html>".utf8), packets("# service=git-receive-pack", nil, nil), packets("\(one) HEAD"),
        packets("HEAD", nil),
        packets(nil, "x"), packets("version 1", "version 1", nil), Array("00".utf8), [], packets("version 2", "a"),
        packets("# service=git-upload-pack", "\(one) HEAD", nil), Array("0001".utf8), packets("\(one)\0a", nil),
    ])
    func refusesOtherThings(body: [UInt8]) {
        let error = #expect(throws: AmxError.self) { try read(body) }
        #expect(error?.code == .network)
    }

    @Test func boundsWhatItReads() {
        var limits = WireLimits()
        limits.advertisedRefs = 2
        var reader = AdvertisementReader(service: .uploadPack, limits: limits)
        #expect(throws: AmxError.self) { try reader.append(packets("\(one) a", "\(one) b", "\(one) c", nil)) }
        limits.answerBytes = 10
        var small = AdvertisementReader(service: .uploadPack, limits: limits)
        #expect(throws: AmxError.self) { try small.append(packets("\(one) a")) }
    }
}
