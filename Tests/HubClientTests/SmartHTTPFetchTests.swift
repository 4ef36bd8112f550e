import Foundation
import HubClient
import Objects
import TestSupport
import Testing

@Suite struct SmartHTTPFetchTests {
    @Test(arguments: [true, false], [1, 2] as [UInt64])
    func fetchesWhatGitServes(versions: Bool, seed: UInt64) throws {
        let fixture = try TransferFixture(seed: seed)
        let peer = try fixture.server(versions: versions)
        fixture.history.grow(40)
        try fixture.importHistory()
        let remote = try fixture.remote(peer)
        var received = 0
        let first = try fixture.fetch(remote) { if case .receiving(_, let objects) = $0 { received = objects } }
        #expect(first.head?.string == "refs/heads/main")
        #expect(first.refs.allSatisfy { $0.status == .ok && $0.old == nil })
        #expect(received > 100)
        try fixture.expectFetched()

        let requests = try peer.requests().count
        let files = try fixture.storeFiles()
        let again = try fixture.fetch(remote)
        #expect(again.refs.count == first.refs.count && again.refs.allSatisfy { $0.status == .upToDate })
        #expect(try fixture.storeFiles() == files)
        // An advertisement, and in v2 a list of references; no pack.
        #expect(try peer.requests().count == requests + (versions ? 2 : 1))

        fixture.history.grow(10)
        try fixture.importHistory()
        var more = 0
        let third = try fixture.fetch(remote) { if case .receiving(_, let objects) = $0 { more = objects } }
        #expect(third.refs.contains { $0.status == .ok && $0.old != nil })
        #expect(more > 0 && more < received)
        try fixture.expectFetched()
        #expect(try peer.requests().contains { $0.contains("version=2") })
    }

    @Test(arguments: [true, false])
    func findsCommonGroundBehindManyLocalCommits(versions: Bool) throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server(versions: versions)
        fixture.history.grow(30)
        try fixture.importHistory()
        _ = try fixture.fetch(fixture.remote(peer))
        // Local work that the server doesn't know, on top of what was fetched; and new work there.
        let git = fixture.storePath
        var parent = try Tool.git(["rev-parse", "refs/remotes/origin/main"], in: git)
        let tree = try Tool.git(["rev-parse", "\(parent)^{tree}"], in: git)
        for index in 0..<60 {
            let date = [
                "GIT_AUTHOR_DATE": "@\(1_800_000_000 + index) +0000",
                "GIT_COMMITTER_DATE": "@\(1_800_000_000 + index) +0000",
            ]
            parent = try Tool.git(
                ["commit-tree", "-p", parent, "-m", "local \(index)", tree], in: git, environment: date)
        }
        try Tool.git(["update-ref", "refs/heads/main", parent], in: git)
        try fixture.repository.refresh()
        fixture.history.commit(to: "main", release: true)
        fixture.history.commit(to: "new", from: "main")
        try fixture.importHistory()
        var received = 0
        _ = try fixture.fetch(fixture.remote(peer)) { if case .receiving(_, let objects) = $0 { received = objects } }
        try fixture.expectFetched()
        // Two commits with their trees and files and a tag; not the history before.
        #expect(received > 0 && received < 25)
        #expect(try Tool.git(["rev-parse", "refs/heads/main"], in: git) == parent)
    }

    @Test(arguments: [true, false])
    func anEmptyRepositoryHasNothing(versions: Bool) throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server(versions: versions)
        let result = try fixture.fetch(fixture.remote(peer))
        #expect(result.refs.isEmpty)
        // Only v2 can tell of a branch that is not born.
        #expect(result.head?.string == (versions ? "refs/heads/main" : nil))
        #expect(try fixture.storeFiles().isEmpty)
    }

    @Test func rewrittenBranchesFollowAndTheirNamesMayMove() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.grow(12)
        fixture.history.commit(to: "topic", from: "main")
        try fixture.importHistory()
        _ = try fixture.fetch(fixture.remote(peer))
        try Tool.git(["update-ref", "refs/heads/main", "refs/heads/main~2"], in: fixture.remotePath)
        try Tool.git(["branch", "-m", "topic", "topic/a"], in: fixture.remotePath)
        let result = try fixture.fetch(fixture.remote(peer))
        #expect(
            result.refs.filter { $0.status == .ok }.map(\.ref.string) == [
                "refs/remotes/origin/main", "refs/remotes/origin/topic/a",
            ])
        try fixture.expectFetched()
    }

    @Test func releasesAreAnnotatedAndNeverChange() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commit(to: "main", release: true)
        try fixture.importHistory()
        try Tool.git(["tag", "v9.0.0", "main"], in: fixture.remotePath)
        try Tool.git(["tag", "-a", "-m", "x", "other", "main"], in: fixture.remotePath)
        let result = try fixture.fetch(fixture.remote(peer))
        #expect(result.refs.first { $0.ref.string == "refs/tags/v9.0.0" }?.rejection?.code == .failure)
        #expect(!result.refs.contains { $0.ref.string == "refs/tags/other" })
        #expect(try fixture.refs(fixture.storePath, below: "refs/tags/").keys.sorted() == ["v0.1.1"])

        let old = try Tool.git(["rev-parse", "v0.1.1"], in: fixture.storePath)
        fixture.history.commit(to: "main")
        try fixture.importHistory()
        try Tool.git(["tag", "-f", "-a", "-m", "moved", "v0.1.1", "main"], in: fixture.remotePath)
        let new = try Tool.git(["rev-parse", "v0.1.1"], in: fixture.remotePath)
        let moved = try fixture.fetch(fixture.remote(peer))
        let error = try #require(moved.failure("fetch"))
        #expect(error.code == .conflict)
        for text in [String(old.prefix(10)), String(new.prefix(10)), "v0.1.1"] {
            #expect(error.message.contains(text), "\(error.message)")
        }
        #expect(try Tool.git(["rev-parse", "v0.1.1"], in: fixture.storePath) == old)
        // What is sound comes all the same.
        #expect(
            try fixture.refs(fixture.storePath, below: "refs/remotes/origin/")["main"]
                == Tool.git(["rev-parse", "main"], in: fixture.remotePath))
        var options = Fetch.Options()
        options.takesReleases = false
        let fork = try Fetch(
            fixture.id, from: fixture.remote(peer), named: "fork", into: fixture.repository, options: options
        ).run()
        #expect(fork.failure("fetch") == nil)
        #expect(try Tool.git(["rev-parse", "v0.1.1"], in: fixture.storePath) == old)
    }

    @Test func tokensAreAskedForAndUsed() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server(token: "right")
        fixture.history.grow(3)
        try fixture.importHistory()
        for token in [nil, "wrong"] {
            #expect { _ = try fixture.fetch(fixture.remote(peer, token: token)) } throws: {
                ($0 as? AmxError)?.code == .authentication && ($0 as? AmxError)?.hint?.contains("amx login") == true
            }
        }
        _ = try fixture.fetch(fixture.remote(peer, token: "right"))
        try fixture.expectFetched()
    }

    @Test func anUnknownRepositoryIsNotFound() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        try FileManager.default.removeItem(atPath: fixture.remotePath)
        #expect { _ = try fixture.fetch(fixture.remote(peer)) } throws: { ($0 as? AmxError)?.code == .notFound }
        #expect { _ = try fixture.push(fixture.remote(peer)) } throws: { ($0 as? AmxError)?.code == .notFound }
    }

    @Test(arguments: [0, 5, 12, 31, 300, 1500])
    func aPackThatBreaksOffLeavesNothing(after count: Int) throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.grow(20)
        try fixture.importHistory()
        for mode in [CutRemote.Mode.throwing, .silent, .flipping] {
            let cut = CutRemote(try fixture.remote(peer), after: count, mode)
            #expect(throws: AmxError.self) { _ = try fixture.fetch(cut) }
            #expect(try fixture.storeFiles().isEmpty)
            #expect(try fixture.refs(fixture.storePath, below: "refs/").isEmpty)
        }
        _ = try fixture.fetch(fixture.remote(peer))
        try fixture.expectFetched()
    }
}
