import Foundation
import HubClient
import Objects
import TestSupport
import Testing

/// Servers that lie, babble or never end: a clear error in bounded time, and nothing written.
struct HostileServerTests {
    @Test(arguments: [
        ("lengths", "a packet of 3 bytes"), ("words", "packet length"), ("torn", "ends"), ("after", "bytes follow"),
        ("capabilities", "not expected"), ("sha256", "sha256"), ("error", "?[31mno? entry"), ("gzip", "packet length"),
        ("endless", "is not a ref"), ("ids", "is not a ref"), ("cut", "flush"), ("type", "text/html"),
        ("progress", "bytes of messages"), ("channel", "no side-band channel 9"), ("fatal", "?[31mdied? here"),
        ("acks", "was not offered"), ("beats", "no more than that it is there"),
        ("section", "was not asked for"), ("garbage", "version"), ("many", "packObjects"),
        ("empty", "cut off after 0 bytes"), ("looping", "holds no pack"), ("bomb", "limit"),
    ])
    func endsInAnErrorThatNamesTheRepository(kind: String, words: String) throws {
        let peer = try PeerServer(script: PeerServer.hostile)
        let fixture = try TransferFixture()
        var messages: [String] = []
        var limits = Limits.standard
        limits.objectBytes = 4 << 20
        var settings = HTTPSession.Settings()
        // The others fail by what they say, however long they take for it.
        if kind == "beats" { settings.answerTimeout = 1 }
        let remote = SmartHTTPRemote(
            session: try HTTPSession(settings: settings),
            credentials: CredentialSource(store: CredentialStore(path: fixture.folder.appending("credentials"))),
            address: try WebAddress(parsing: "http://127.0.0.1:\(peer.port)/\(kind).git"), agent: "amx/test")
        let start = ContinuousClock.now
        #expect {
            _ = try Fetch(fixture.id, from: remote, named: "origin", into: fixture.repository, limits: limits)
                .run { if case .message(let text) = $0 { messages.append(text) } }
        } throws: { error in
            guard let error = error as? AmxError else { return false }
            let text = error.message
            // What came whole is judged without a look at where from; a command names the capsule.
            return (kind == "empty" || text.contains("/\(kind).git")) && text.contains(words)
                && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        }
        #expect(ContinuousClock.now - start < .seconds(300))
        #expect(messages.allSatisfy { !$0.utf8.contains(0x1B) && !$0.utf8.contains(7) })
        #expect(try fixture.refs(fixture.storePath, below: "refs/").isEmpty)
        let left = FileManager.default.enumerator(atPath: "\(fixture.storePath)/objects")?.allObjects ?? []
        #expect(left.compactMap { $0 as? String }.filter { $0.contains("incoming") || $0.hasSuffix(".pack") } == [])
    }

    @Test func hostileNamesArePassedOver() throws {
        let peer = try PeerServer(script: PeerServer.hostile)
        let fixture = try TransferFixture()
        let remote = SmartHTTPRemote(
            session: try HTTPSession(),
            credentials: CredentialSource(store: CredentialStore(path: fixture.folder.appending("credentials"))),
            address: try WebAddress(parsing: "http://127.0.0.1:\(peer.port)/names.git"), agent: "amx/test")
        let names = try remote.refs().branches.compactMap(\.name.branch)
        #expect(names.contains("ok"))
        #expect(names.allSatisfy { name in !name.contains("..") && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
        #expect(names.allSatisfy { !$0.hasSuffix(".lock") && !$0.contains("//") })
    }

    @Test func thousandsOfReferencesMoveAtOnce() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commit(to: "main")
        try fixture.importHistory()
        let tip = try Tool.git(["rev-parse", "main"], in: fixture.remotePath)
        let lines = (0..<3_000).map { "create refs/heads/many/b\($0) \(tip)\n" }.joined()
        try Tool.git(["update-ref", "--stdin"], in: fixture.remotePath, input: Array(lines.utf8))
        let start = ContinuousClock.now
        let result = try fixture.fetch(fixture.remote(peer))
        #expect(result.refs.count == 3_001 && result.refs.allSatisfy { $0.status == .ok })
        #expect(try fixture.fetch(fixture.remote(peer)).refs.allSatisfy { $0.status == .upToDate })
        // All but one go, and one comes whose name is that of a folder.
        try Tool.git(["pack-refs", "--all"], in: fixture.remotePath)
        let gone = (0..<3_000).map { "delete refs/heads/many/b\($0)\n" }.joined()
        try Tool.git(["update-ref", "--stdin"], in: fixture.remotePath, input: Array(gone.utf8))
        try Tool.git(["update-ref", "refs/heads/many", tip], in: fixture.remotePath)
        var options = Fetch.Options()
        options.prunes = true
        let pruned = try Fetch(
            fixture.id, from: fixture.remote(peer), named: "origin", into: fixture.repository, options: options
        ).run()
        #expect(pruned.refs.filter { $0.new == nil && $0.status == .ok }.count == 3_000)
        #expect(try fixture.refs(fixture.storePath, below: "refs/remotes/origin/").keys.sorted() == ["main", "many"])
        #expect(ContinuousClock.now - start < .seconds(300))
    }
}
