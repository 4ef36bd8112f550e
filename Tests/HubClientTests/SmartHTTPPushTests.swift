import Foundation
import HubClient
import Objects
import TestSupport
import Testing

@Suite struct SmartHTTPPushTests {
    private func statuses(_ result: TransferResult) -> [String: String] {
        Dictionary(uniqueKeysWithValues: result.refs.map { ($0.ref.string, $0.status.rawValue) })
    }

    @Test(arguments: [3, 4] as [UInt64])
    func gitHasWhatWasPushed(seed: UInt64) throws {
        let fixture = try TransferFixture(seed: seed)
        let peer = try fixture.server()
        fixture.history.grow(40)
        try fixture.importHistory(into: fixture.storePath)
        let remote = try fixture.remote(peer)
        var sent = 0
        let first = try fixture.push(remote) { if case .sending(_, let objects) = $0 { sent = objects } }
        #expect(first.refs.allSatisfy { $0.status == .ok } && first.failure("push") == nil)
        #expect(sent > 100)
        try fixture.expectPushed()

        let requests = try peer.requests().count
        let again = try fixture.push(remote)
        #expect(again.refs.allSatisfy { $0.status == .upToDate })
        #expect(try peer.requests().count == requests + 1)

        fixture.history.grow(10)
        try fixture.importHistory(into: fixture.storePath)
        var more = 0
        _ = try fixture.push(remote) { if case .sending(_, let objects) = $0 { more = objects } }
        #expect(more > 0 && more < sent)
        try fixture.expectPushed()
        // What `git` clones from there is what Amx had.
        try Tool.git(["clone", "-q", fixture.remotePath, "clone"], in: fixture.folder.path)
        #expect(
            try Tool.git(["rev-parse", "HEAD"], in: fixture.folder.appending("clone"))
                == Tool.git(["rev-parse", "refs/heads/main"], in: fixture.storePath))
    }

    @Test func theCurrentBranchGoesWithItsReleases() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commit(to: "main", release: true)
        fixture.history.commit(to: "side", from: "main", release: true)
        fixture.history.commit(to: "main", release: true)
        try fixture.importHistory(into: fixture.storePath)
        try Tool.git(["tag", "v7.0.0", "main"], in: fixture.storePath)
        try Tool.git(["tag", "-a", "-m", "x", "vnext", "main"], in: fixture.storePath)
        let result = try fixture.push(fixture.remote(peer), .current)
        #expect(
            statuses(result) == ["refs/heads/main": "ok", "refs/tags/v0.1.1": "ok", "refs/tags/v0.1.3": "ok"])
        try fixture.expectSound(fixture.remotePath)
        #expect(try fixture.refs(fixture.storePath, below: "refs/remotes/").keys.sorted() == ["origin/main"])
        let all = try fixture.push(fixture.remote(peer), .all)
        #expect(
            statuses(all) == [
                "refs/heads/main": "up-to-date", "refs/heads/side": "ok", "refs/tags/v0.1.1": "up-to-date",
                "refs/tags/v0.1.2": "ok", "refs/tags/v0.1.3": "up-to-date",
            ])
    }

    @Test func largePushesAreStreamed() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commitBlob(to: "main", bytes: 5_000_000)
        try fixture.importHistory(into: fixture.storePath)
        var pieces = 0
        _ = try fixture.push(fixture.remote(peer)) { if case .sending = $0 { pieces += 1 } }
        try fixture.expectPushed()
        #expect(pieces > 10)
        #expect(try peer.requests().contains { $0 == "POST /kit.git/git-receive-pack - chunked 200" })
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        _ = try fixture.push(fixture.remote(peer))
        #expect(try peer.requests().last == "POST /kit.git/git-receive-pack - - 200")
    }

    @Test func divergedBranchesAreRejectedHereAndOthersGo() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commit(to: "main")
        fixture.history.commit(to: "side", from: "main", release: true)
        try fixture.importHistory(into: fixture.storePath)
        _ = try fixture.push(fixture.remote(peer))
        let there = try Tool.git(["rev-parse", "refs/heads/side"], in: fixture.remotePath)
        try Tool.git(["update-ref", "refs/heads/main", there], in: fixture.remotePath)
        fixture.history.commit(to: "main", release: true)
        fixture.history.commit(to: "side")
        try fixture.importHistory(into: fixture.storePath)
        let result = try fixture.push(fixture.remote(peer))
        // The release stands on the branch that stayed behind, so it stays too.
        #expect(
            statuses(result) == [
                "refs/heads/main": "rejected", "refs/heads/side": "ok", "refs/tags/v0.1.2": "up-to-date",
            ])
        let failure = try #require(result.failure("push"))
        #expect(failure.code == .conflict && failure.code.exitStatus == 6)
        #expect(
            failure.message == "cannot push refs/heads/main of kit: "
                + "non-fast-forward: origin has commits that are not in this branch")
        #expect(failure.hint == "run `amx pull origin kit --merge` first, then push again")
        #expect(try Tool.git(["rev-parse", "refs/heads/main"], in: fixture.remotePath) == there)
        #expect(
            try fixture.refs(fixture.storePath, below: "refs/remotes/origin/")["side"]
                == fixture.refs(fixture.remotePath, below: "refs/heads/")["side"])
    }

    @Test func unknownCommitsThereAreRejectedToo() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commit(to: "main")
        try fixture.importHistory()
        var other = RandomHistory(seed: 99)
        other.commit(to: "main")
        try Tool.git(
            ["fast-import", "--quiet", "--done"], in: fixture.storePath, input: other.takeStream())
        try fixture.repository.refresh()
        let result = try fixture.push(fixture.remote(peer))
        #expect(statuses(result) == ["refs/heads/main": "rejected"])
        #expect(try peer.requests().allSatisfy { $0.hasPrefix("GET") })
    }

    @Test func aReleaseIsNeverReplaced() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commit(to: "main", release: true)
        try fixture.importHistory(into: fixture.storePath)
        _ = try fixture.push(fixture.remote(peer))
        let there = try Tool.git(["rev-parse", "v0.1.1"], in: fixture.remotePath)
        try Tool.git(["tag", "-f", "-a", "-m", "again", "v0.1.1", "main"], in: fixture.storePath)
        try fixture.repository.refresh()
        let result = try fixture.push(fixture.remote(peer))
        #expect(statuses(result) == ["refs/heads/main": "up-to-date", "refs/tags/v0.1.1": "rejected"])
        #expect(result.failure("push")?.code == .conflict)
        #expect(try Tool.git(["rev-parse", "v0.1.1"], in: fixture.remotePath) == there)
    }

    @Test func whatTheServerRejectsIsReported() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        try fixture.folder.write(
            "remote/kit.git/hooks/update",
            text: "#!/bin/sh\n[ \"$1\" != refs/heads/side ] || { echo no side >&2; exit 1; }\n",
            executable: true)
        fixture.history.commit(to: "main")
        fixture.history.commit(to: "side", from: "main")
        try fixture.importHistory(into: fixture.storePath)
        var messages = ""
        let result = try fixture.push(fixture.remote(peer)) { if case .message(let text) = $0 { messages += text } }
        #expect(statuses(result) == ["refs/heads/main": "ok", "refs/heads/side": "rejected"])
        #expect(result.failure("push")?.code == .denied)
        #expect(messages.contains("no side"))
        #expect(try fixture.refs(fixture.storePath, below: "refs/remotes/origin/").keys.sorted() == ["main"])
    }

    @Test func aPushThatSomebodyElseOvertookIsAConflict() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commit(to: "main")
        fixture.history.commit(to: "other", from: "main")
        try fixture.importHistory(into: fixture.storePath)
        _ = try fixture.push(fixture.remote(peer))
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        let remotePath = fixture.remotePath
        let overtaken = OvertakenRemote(try fixture.remote(peer)) {
            try Tool.git(["update-ref", "refs/heads/main", "refs/heads/other"], in: remotePath)
        }
        let result = try fixture.push(overtaken)
        #expect(statuses(result)["refs/heads/main"] == "rejected")
        #expect(result.failure("push")?.code == .conflict)
        #expect(
            try Tool.git(["rev-parse", "refs/heads/main"], in: remotePath)
                == Tool.git(["rev-parse", "refs/heads/other"], in: remotePath))
    }

    /// One that was cut off here, and has come to its end there only now.
    @Test func aPushThatAnEarlierOneOfTheSameOvertookIsDone() throws {
        let fixture = try TransferFixture()
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        let peer = try fixture.server()
        _ = try fixture.push(fixture.remote(peer))
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        let (storePath, remotePath) = (fixture.storePath, fixture.remotePath)
        let overtaken = OvertakenRemote(try fixture.remote(peer)) {
            try Tool.git(["push", "-q", remotePath, "main"], in: storePath)
        }
        let result = try fixture.push(overtaken)
        #expect(result.failure("push") == nil && statuses(result)["refs/heads/main"] == "ok")
        try fixture.expectPushed()
    }

    @Test func aPushThatBreaksOffChangesNothing() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        fixture.history.commitBlob(to: "main", bytes: 5_000_000)
        try fixture.importHistory(into: fixture.storePath)
        let cut = CutRemote(try fixture.remote(peer), after: 3_000_000, .throwing)
        #expect { _ = try fixture.push(cut) } throws: {
            ($0 as? AmxError)?.message.hasSuffix("kit.git: cut off") == true
        }
        #expect(try fixture.refs(fixture.remotePath, below: "refs/").isEmpty)
        #expect(try fixture.refs(fixture.storePath, below: "refs/remotes/").isEmpty)
        _ = try fixture.push(fixture.remote(peer))
        try fixture.expectPushed()
    }

    @Test func aRefusedTokenIsAnAuthenticationError() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server(token: "right")
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        for token in [nil, "wrong"] {
            #expect { _ = try fixture.push(fixture.remote(peer, token: token)) } throws: {
                ($0 as? AmxError)?.code == .authentication
            }
        }
        _ = try fixture.push(fixture.remote(peer, token: "right"))
        try fixture.expectPushed()
    }

    @Test func nothingToPushIsSaid() throws {
        let fixture = try TransferFixture()
        let peer = try fixture.server()
        #expect { _ = try fixture.push(fixture.remote(peer), .current) } throws: {
            ($0 as? AmxError)?.code == .notFound && ($0 as? AmxError)?.hint?.contains("amx commit kit") == true
        }
        #expect(try peer.requests().isEmpty)
    }

    @Test(arguments: [5, 6] as [UInt64])
    func twoStoresMeetThroughAServer(seed: UInt64) throws {
        let fixture = try TransferFixture(seed: seed)
        let peer = try fixture.server()
        fixture.history.grow(20)
        try fixture.importHistory(into: fixture.storePath)
        _ = try fixture.push(fixture.remote(peer))
        let second = try Repository.create(at: fixture.folder.appending("second.git"))
        _ = try Fetch(fixture.id, from: fixture.remote(peer), named: "origin", into: second).run()
        try fixture.expectSound(second.path)
        #expect(
            try fixture.refs(second.path, below: "refs/remotes/origin/")
                == fixture.refs(fixture.storePath, below: "refs/heads/"))
        #expect(
            try fixture.refs(second.path, below: "refs/tags/") == fixture.refs(fixture.storePath, below: "refs/tags/"))
    }
}
