import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Workspaces

@testable import HubClient

/// Indexes of many capsules from a hub: in parallel, only what has changed, and nothing that a bad server says.
@Suite struct RegistryClientTests {
    private let folder: TemporaryDirectory
    private let peer: PeerServer

    init() throws {
        folder = try TemporaryDirectory("amx-registry")
        peer = try PeerServer(script: PeerServer.registry)
    }

    private var place: RemoteURL {
        get throws { try RemoteURL(parsing: "http://127.0.0.1:\(peer.port)/acme", relativeTo: "/") }
    }

    private func client(
        isOffline: Bool = false, token: String? = nil, settings: HTTPSession.Settings = HTTPSession.Settings(),
        keeps: Bool = true, limits: Limits = Limits()
    ) -> RegistryClient {
        RegistryClient(
            settings: settings,
            credentials: CredentialSource(store: CredentialStore(path: folder.appending("credentials")), token: token),
            cacheFolder: keeps ? folder.appending("cache") : nil, isOffline: isOffline, limits: limits)
    }

    /// Small documents without end are too much as well, whether they come anew or are said to be as before.
    @Test func allIndexesTogetherAreBounded() throws {
        var limits = Limits()
        limits.indexBytes = 1_500
        let ids = ["a", "b", "c", "d", "e", "f"]
        for id in ids { try serve(id, Self.one) }
        for _ in 0..<2 {
            let client = self.client(limits: limits)
            let answers = try ids.map { client.index(try query($0)) }
            #expect(found(answers[0]) != nil)
            let error = try #require(failure(answers[5]))
            #expect(error.code == .failure && error.message.hasSuffix("the limit 'indexBytes' is 1500"), "\(error)")
            #expect(try ids.allSatisfy { found(self.client().index(try query($0))) != nil })
        }
    }

    private func query(_ id: String) throws -> IndexQuery { try #require(IndexQuery(CapsuleID(id), at: place)) }

    private func serve(_ id: String, _ releases: String) throws {
        let path = (peer.log as NSString).deletingLastPathComponent + "/index"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try Data(
            "{\"id\":\"\(id)\",\"owner\":\"acme\",\"releases\":[\(releases)],\"repository\":\"acme/\(id).git\",\"schema\":1}"
                .utf8
        ).write(to: URL(fileURLWithPath: "\(path)/acme.\(id)"))
    }

    private static let one =
        "{\"commit\":\"\(String(repeating: "2", count: 40))\",\"dependencies\":{},\"manifest\":\"\(String(repeating: "4", count: 40))\",\"tag\":\"\(String(repeating: "1", count: 40))\",\"tree\":\"\(String(repeating: "3", count: 40))\",\"version\":\"1.0.0\",\"yanked\":{\"at\":\"2026-11-21T10:00:00Z\"}}"

    private func failure(_ answer: IndexAnswer) -> AmxError? {
        guard case .failed(let error) = answer else { return nil }
        return error
    }

    private func found(_ answer: IndexAnswer) -> (index: ReleaseIndex, age: Int64)? {
        guard case .found(let index, let age) = answer else { return nil }
        return (index, age)
    }

    @Test func asksManyAtOnceOverFewConnections() throws {
        let client = client(token: "secret")
        let queries = try (0..<100).map { try query("id-\($0)") }
        let answers = client.indexes(queries)
        #expect(answers.map { found($0)?.index.id.string } == queries.map(\.id.string))
        #expect(answers.map { found($0)?.age } == Array(repeating: 0, count: 100))
        let requests = try peer.requests()
        #expect(requests.count == 100)
        let connections = Set(requests.map { $0.split(separator: " ")[0] })
        #expect(connections.count <= RegistryClient.connections && connections.count > 1)
        let basic = Data("amx:secret".utf8).base64EncodedString()
        #expect(
            requests.allSatisfy {
                $0.contains(" GET /api/v1/owners/acme/capsules/id-") && $0.contains("Basic \(basic)")
            })
        let busy = try String(contentsOfFile: peer.log + ".busy", encoding: .utf8).split(separator: "\n")
            .compactMap { Int($0) }
        #expect((busy.max() ?? 0) > 4)
        // One resolution sees one moment: nothing is asked twice, and what is new goes over the same connections.
        _ = client.indexes(queries + [try query("new"), try query("new")])
        #expect(try peer.requests().count == 101)
        #expect(try connections.contains(peer.requests()[100].split(separator: " ")[0]))
    }

    @Test func getsOnlyWhatHasChanged() throws {
        try serve("a", "")
        try serve("b", Self.one)
        let queries = [try query("a"), try query("b")]
        let first = client().indexes(queries)
        #expect(first.compactMap { found($0)?.index.releases.count } == [0, 1])
        #expect(found(first[1])?.index.releases[0].isYanked == true)
        try serve("a", Self.one)
        let second = client().indexes(queries)
        #expect(second.compactMap { found($0)?.index.releases.count } == [1, 1])
        let third = client().indexes(queries)
        #expect(third.compactMap { found($0)?.index } == second.compactMap { found($0)?.index })
        let tags = try peer.requests().map { $0.split(separator: " ")[3] != "-" }
        #expect(tags == [false, false, true, true, true, true])
        // Damage costs the transfer, nothing else.
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.appending("cache/index")) {
            var bytes = try folder.read("cache/index/\(file)")
            bytes[bytes.count - 3] ^= 1
            try folder.write("cache/index/\(file)", bytes)
        }
        #expect(client().indexes(queries).compactMap { found($0)?.index } == second.compactMap { found($0)?.index })
        #expect(try peer.requests().suffix(2).allSatisfy { $0.split(separator: " ")[3] == "-" })
    }

    @Test func anOfflineClientSaysHowOldItsAnswersAre() throws {
        try serve("a", Self.one)
        let queries = [try query("a"), try query("b")]
        #expect(client(isOffline: true).indexes(queries).allSatisfy { failure($0)?.code == .network })
        _ = client().index(queries[0])
        let file = try #require(
            FileManager.default.contentsOfDirectory(atPath: folder.appending("cache/index")).first)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -7_200)],
            ofItemAtPath: folder.appending("cache/index/\(file)"))
        let offline = client(isOffline: true)
        let kept = try #require(found(offline.index(queries[0])))
        #expect(kept.index.releases.count == 1 && (7_199...7_300).contains(kept.age))
        #expect(offline.oldestAnswer == kept.age && client().oldestAnswer == nil)
        #expect(failure(offline.index(queries[1]))?.message.contains("acme/b") == true)
        #expect(try peer.requests().count == 1)
        // The hub says that it still holds: it is of now.
        _ = client().index(queries[0])
        #expect((found(client(isOffline: true).index(queries[0]))?.age ?? 99) < 60)
    }

    /// What a repository that is gone leaves must not come back offline.
    @Test func forgetsWhatIsGone() throws {
        let query = try query("missing")
        let cache = IndexCache(folder: folder.appending("cache"))
        cache.write(Array("{}".utf8), tag: "\"x\"", of: query.address.text)
        #expect(cache.read(query.address.text)?.tag == "\"x\"")
        guard case .missing = client().index(query) else {
            Issue.record("found")
            return
        }
        #expect(cache.read(query.address.text) == nil)
    }

    @Test(
        arguments: [
            ("other-id", AmxError.Code.verification, RegistryOffence.otherCapsule, "acme/evil"),
            ("other-owner", .verification, .otherCapsule, "evil/other-owner"),
            ("torn", .verification, .malformed, "ends"),
            ("newer", .verification, .schema, "its schema is 2"), ("unasked", .verification, .unasked, "as before"),
            ("away", .network, .redirect, "http://127.0.0.1:1/api/v1/x"),
            ("endless", .verification, .tooLarge, "more than 33554432 bytes"),
            ("private", .authentication, nil, "asks for a token"), ("forbidden", .authentication, nil, "not yours"),
            ("broken", .failure, nil, "it is too large"), ("busy", .network, nil, "busy"),
            ("slow", .network, nil, "for 1 seconds"),
        ] as [(String, AmxError.Code, RegistryOffence?, String)]) func badAnswersAreErrors(
            id: String, code: AmxError.Code, offence: RegistryOffence?, words: String
        ) throws
    {
        var settings = HTTPSession.Settings()
        settings.stallTimeout = 1
        let client = client(settings: settings)
        let error = try #require(failure(client.index(query(id))))
        #expect(error.code == code && error.message.contains(words), "\(error)")
        #expect(error.cause as? RegistryOffence == offence)
        #expect(error.message.utf8.allSatisfy { $0 >= 0x20 })
        // Nothing bad is kept, and others are answered.
        #expect(failure(self.client(isOffline: true).index(try query(id))) != nil)
        #expect(found(client.index(try query("good"))) != nil)
    }

    @Test func aRequestAboutAClaimTakesAnyOwner() throws {
        let query = try #require(IndexQuery(claimed: CapsuleID("refunds"), at: place))
        #expect(found(client().index(query))?.index.owner.string == "acme")
        #expect(try peer.requests().last?.contains("GET /api/v1/capsules/refunds/index.json") == true)
    }

    /// A server that is no hub is asked once, and its releases are to be read elsewhere.
    @Test func noticesThatAServerIsNoHub() throws {
        let plain = try RemoteURL(parsing: "http://127.0.0.1:\(peer.port)/git/acme", relativeTo: "/")
        let client = client()
        let first = try #require(IndexQuery(CapsuleID("x"), at: plain))
        let others = try (0..<40).map { try #require(IndexQuery(CapsuleID("y-\($0)"), at: plain)) }
        for answer in [client.index(first)] + client.indexes(others) {
            guard case .unsupported = answer else {
                Issue.record("\(answer)")
                return
            }
        }
        #expect(try peer.requests().count == 1)
        guard case .unsupported = self.client().index(try query("html")) else {
            Issue.record("taken for a hub")
            return
        }
    }

    /// What versions are chosen from: the owner's own releases, else those of whoever has claimed the id.
    @Test func offersReleases() throws {
        try serve("a", Self.one)
        try serve("gone", Self.one)
        let workspace = try Workspace.create(at: folder.appending("work")).workspace
        let settings = (store: folder.appending("credentials"), config: folder.appending("config"))
        func places(isOffline: Bool = false) throws -> RemoteReleasePlaces {
            try RemoteReleasePlaces(workspace, isOffline: isOffline) {
                RegistryClient(
                    credentials: CredentialSource(store: CredentialStore(path: settings.store)),
                    cacheFolder: workspace.cacheDirectory, isOffline: isOffline)
            } connector: {
                RemoteConnector(
                    environment: { $0 == "XDG_CONFIG_HOME" ? settings.config : nil }, agent: "amx/test",
                    credentials: CredentialSource(store: CredentialStore(path: settings.store)))
            }
        }
        let all = try places()
        let own = try all.place(at: place.text)
        own.prefetch([try CapsuleID("a"), try CapsuleID("missing")])
        #expect(try peer.requests().count == 3)
        let found = try #require(try own.releases(of: CapsuleID("a")))
        #expect(found.address == (try place.text) && found.releases.map(\.isYanked) == [true])
        #expect(try own.releases(of: CapsuleID("missing")) == nil)
        #expect(throws: AmxError.self) { try own.releases(of: CapsuleID("torn")) }
        // Of another owner on the same hub.
        let other = try all.place(at: "http://127.0.0.1:\(peer.port)/none")
        #expect(try other.releases(of: CapsuleID("gone"))?.address == place.text)
        #expect(try peer.requests().count == 6)
        // The same without the network.
        let offline = try places(isOffline: true)
        #expect(try offline.place(at: place.text).releases(of: CapsuleID("a"))?.releases.count == 1)
        #expect(
            try offline.place(at: "http://127.0.0.1:\(peer.port)/none").releases(of: CapsuleID("gone"))?.address
                == place.text)
        #expect(try offline.place(at: place.text).releases(of: CapsuleID("b")) == nil)
        #expect(try peer.requests().count == 6)
    }

    /// A host that is down is not asked for each of a thousand capsules.
    @Test func aPlaceThatFailsIsGivenUp() throws {
        let dead = try RemoteURL(parsing: "http://127.0.0.1:1/acme", relativeTo: "/")
        let queries = try (0..<1_000).map { try #require(IndexQuery(CapsuleID("x-\($0)"), at: dead)) }
        let start = ContinuousClock.now
        let client = client()
        #expect(client.indexes(queries).allSatisfy { failure($0)?.code == .network })
        #expect(ContinuousClock.now - start < .seconds(120))
        // The next time it is asked again.
        #expect(failure(client.index(queries[0]))?.concernsPlace == true)
    }

    @Test(
        arguments: [
            ("https://hub.example/acme", "https://hub.example/api/v1/owners/acme/capsules/x.y/index.json"),
            ("https://hub.example/under/acme", "https://hub.example/under/api/v1/owners/acme/capsules/x.y/index.json"),
            ("https://hub.example", nil), ("https://hub.example/Acme", nil), ("/srv/acme", nil),
        ] as [(String, String?)]) func addresses(place: String, expected: String?) throws
    {
        let place = try RemoteURL(parsing: place, relativeTo: "/")
        #expect(IndexQuery(try CapsuleID("x.y"), at: place)?.address.text == expected)
    }
}
