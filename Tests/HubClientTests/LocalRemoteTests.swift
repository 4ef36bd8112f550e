import CCurl
import Capsules
import Foundation
import HubClient
import Objects
import TestSupport
import Testing

@Suite struct LocalRemoteTests {
    private func statuses(_ result: TransferResult) -> [String: String] {
        Dictionary(uniqueKeysWithValues: result.refs.map { ($0.ref.string, $0.status.rawValue) })
    }

    /// Makes the fixture's remote folder look like a workspace whose store holds the repository; returns its root.
    private func workspace(_ fixture: TransferFixture) throws -> String {
        let root = fixture.folder.appending("workspace")
        try FileManager.default.createDirectory(
            atPath: root + "/.aimatrix", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: fixture.folder.appending("remote"), toPath: root + "/.aimatrix/store")
        try FileManager.default.createSymbolicLink(
            atPath: fixture.folder.appending("remote"), withDestinationPath: root + "/.aimatrix/store")
        return root
    }

    @Test(arguments: [7, 8] as [UInt64])
    func fetchesFromAFolderOfRepositories(seed: UInt64) throws {
        let fixture = try TransferFixture(seed: seed)
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        fixture.history.grow(40)
        try fixture.importHistory()
        let first = try fixture.fetch(remote)
        #expect(first.refs.allSatisfy { $0.status == .ok } && first.head?.string == "refs/heads/main")
        try fixture.expectFetched()
        let files = try fixture.storeFiles()
        #expect(try fixture.fetch(remote).refs.allSatisfy { $0.status == .upToDate })
        #expect(try fixture.storeFiles() == files)
        fixture.history.grow(10)
        try fixture.importHistory()
        var more = 0
        _ = try fixture.fetch(remote) { if case .receiving(_, let objects) = $0 { more = objects } }
        #expect(more > 0 && more < 100)
        try fixture.expectFetched()
    }

    /// One that was killed when its pack had its place, and its references had not.
    @Test(arguments: [["incoming-dead"], ["incoming-dead/pack", "incoming-dead/lock"]])
    func whatAKilledFetchHasLeftGoesWithTheNext(_ left: [String]) throws {
        let fixture = try TransferFixture()
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        fixture.history.grow(5)
        try fixture.importHistory()
        _ = try fixture.fetch(remote)
        let files = try fixture.storeFiles()
        for name in try fixture.refs(fixture.storePath, below: "refs/").keys {
            try Tool.git(["update-ref", "-d", "refs/\(name)"], in: fixture.storePath)
        }
        for name in left {
            let path = "\(fixture.storePath)/objects/\(name)"
            if name.hasSuffix("lock") {
                try Data().write(to: URL(fileURLWithPath: path))
            } else {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
        }
        #expect(try fixture.fetch(remote).refs.allSatisfy { $0.status == .ok })
        try fixture.expectFetched()
        #expect(try fixture.storeFiles() == files)
    }

    @Test(arguments: [9, 10] as [UInt64])
    func pushesIntoAFolderOfRepositories(seed: UInt64) throws {
        let fixture = try TransferFixture(seed: seed)
        let folder = fixture.folder.appending("remote")
        let remote = LocalRemote(fixture.id, in: folder)
        fixture.history.grow(40)
        try fixture.importHistory(into: fixture.storePath)
        #expect(try fixture.push(remote).refs.allSatisfy { $0.status == .ok })
        try fixture.expectPushed()
        #expect(try fixture.push(remote).refs.allSatisfy { $0.status == .upToDate })
        fixture.history.grow(10)
        try fixture.importHistory(into: fixture.storePath)
        _ = try fixture.push(remote)
        try fixture.expectPushed()
        // Whatever `git` does there afterwards, Amx sees it, loose references included.
        let other = try Tool.git(["rev-parse", "refs/heads/side~1"], in: fixture.remotePath)
        try Tool.git(["update-ref", "refs/heads/extra", other], in: fixture.remotePath)
        #expect(statuses(try fixture.fetch(remote))["refs/remotes/origin/extra"] == "ok")
    }

    @Test func theFirstPushMakesTheRepository() throws {
        let fixture = try TransferFixture()
        try FileManager.default.removeItem(atPath: fixture.remotePath)
        fixture.history.commit(to: "main", release: true)
        try fixture.importHistory(into: fixture.storePath)
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        #expect { _ = try fixture.fetch(remote) } throws: { ($0 as? AmxError)?.code == .notFound }
        _ = try fixture.push(remote)
        try fixture.expectPushed()
    }

    @Test func theFirstBranchPushedIsTheCurrentOne() throws {
        let fixture = try TransferFixture()
        try FileManager.default.removeItem(atPath: fixture.remotePath)
        fixture.history.commit(to: "topic")
        try fixture.importHistory(into: fixture.storePath)
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        _ = try fixture.push(remote)
        #expect(try Tool.git(["symbolic-ref", "HEAD"], in: fixture.remotePath) == "refs/heads/topic")
    }

    @Test func nothingOfTheNetworkIsLoadedForAFolder() async {
        await #expect(processExitsWith: .success) {
            let fixture = try TransferFixture()
            fixture.history.commit(to: "main")
            try fixture.importHistory()
            let home = fixture.folder.path
            let connector = RemoteConnector(environment: { $0 == "HOME" ? home : nil }, agent: "amx/test")
            let place = try RemoteURL(parsing: fixture.folder.appending("remote"), relativeTo: "/")
            _ = try fixture.fetch(connector.repository(fixture.id, at: place))
            #expect(!amx_curl_is_loaded())
            _ = try connector.repository(fixture.id, at: RemoteURL(parsing: "https://hub.example", relativeTo: "/"))
            #expect(amx_curl_is_loaded())
        }
    }

    @Test func aMissingFolderIsNotFound() throws {
        let fixture = try TransferFixture()
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("nowhere"))
        #expect { _ = try fixture.push(remote) } throws: { ($0 as? AmxError)?.code == .notFound }
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.appending("nowhere")))
    }

    @Test(arguments: ["kit/manifest.json", "kit.kc"])
    func theCurrentBranchOfAWorkingFormIsNotMoved(form: String) throws {
        let fixture = try TransferFixture()
        let root = try workspace(fixture)
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        fixture.history.commit(to: "side", from: "main", release: true)
        for place in [root, root + "/.aimatrix/store"] {
            let remote = LocalRemote(fixture.id, in: place)
            _ = try fixture.push(remote)
            try fixture.folder.write("workspace/knowledge/capsules/\(form)", text: "{}")
            fixture.history.commit(to: "main")
            try fixture.importHistory(into: fixture.storePath)
            let before = try fixture.refs(fixture.remotePath, below: "refs/heads/")["main"]
            let result = try fixture.push(remote)
            #expect(statuses(result)["refs/heads/main"] == "rejected")
            #expect(statuses(result)["refs/heads/side"] != "rejected")
            let failure = result.failure("push")
            #expect(failure?.code == .conflict && failure?.hint?.contains("push another branch") == true)
            #expect(failure?.message.contains("it is the current branch there") == true)
            #expect(try fixture.refs(fixture.remotePath, below: "refs/heads/")["main"] == before)
            try fixture.expectSound(fixture.remotePath)
            try FileManager.default.removeItem(atPath: root + "/knowledge")
        }
    }

    @Test func aPushThatSomebodyElseOvertookIsRejected() throws {
        let fixture = try TransferFixture()
        fixture.history.commit(to: "main")
        fixture.history.commit(to: "other", from: "main")
        try fixture.importHistory(into: fixture.storePath)
        let local = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        _ = try fixture.push(local)
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        let remotePath = fixture.remotePath
        let result = try fixture.push(
            OvertakenRemote(local) {
                try Tool.git(["update-ref", "refs/heads/main", "refs/heads/other"], in: remotePath)
            })
        #expect(result.failure("push")?.code == .conflict)
    }

    /// One that was cut off here, and has come to its end there only now.
    @Test func aPushThatAnEarlierOneOfTheSameOvertookIsDone() throws {
        let fixture = try TransferFixture()
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        let local = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        _ = try fixture.push(local)
        fixture.history.commit(to: "main")
        try fixture.importHistory(into: fixture.storePath)
        let (storePath, remotePath) = (fixture.storePath, fixture.remotePath)
        let result = try fixture.push(
            OvertakenRemote(local) { try Tool.git(["push", "-q", remotePath, "main"], in: storePath) })
        #expect(result.failure("push") == nil && statuses(result)["refs/heads/main"] == "ok")
        try fixture.expectPushed()
    }

    @Test(arguments: [0, 12, 200, 3000])
    func aPushThatBreaksOffLeavesNothing(after count: Int) throws {
        let fixture = try TransferFixture()
        try FileManager.default.removeItem(atPath: fixture.remotePath)
        fixture.history.grow(10)
        try fixture.importHistory(into: fixture.storePath)
        let remote = LocalRemote(fixture.id, in: fixture.folder.appending("remote"))
        #expect { _ = try fixture.push(CutRemote(remote, after: count, .throwing)) } throws: {
            ($0 as? AmxError)?.message == "cut off"
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.remotePath))
        #expect(try fixture.refs(fixture.storePath, below: "refs/remotes/").isEmpty)
        for mode in CutRemote.Mode.allCases {
            let second = try Repository.create(at: fixture.folder.appending("second-\(mode).git"))
            _ = try fixture.push(remote)
            #expect(throws: AmxError.self) {
                _ = try Fetch(fixture.id, from: CutRemote(remote, after: count, mode), named: "o", into: second).run()
            }
            #expect(try fixture.refs(second.path, below: "refs/").isEmpty)
        }
    }

    @Test func addressesLeadToRepositories() throws {
        let fixture = try TransferFixture()
        let root = try workspace(fixture)
        fixture.history.commit(to: "main")
        try fixture.importHistory()
        let connector = RemoteConnector(environment: { $0 == "HOME" ? root : nil }, agent: "amx/test")
        for text in [root, fixture.folder.appending("remote")] {
            let remote = try connector.repository(fixture.id, at: RemoteURL(parsing: text, relativeTo: "/"))
            #expect(try remote.refs().branches.count == 1)
        }
        let address = try RemoteURL(parsing: root + "/.aimatrix/store/kit.git", relativeTo: "/")
        let found = try connector.repository(at: address)
        #expect(found.id == fixture.id && found.place.text == root + "/.aimatrix/store")
        #expect(try found.repository.refs().branches.count == 1)
        let own = try connector.repository(at: RemoteURL(parsing: root, relativeTo: "/"))
        #expect(own.id.string == "workspace" && own.place.text == root)
        let short = try connector.repository(at: RemoteURL(parsing: "https://h/acme/kit", relativeTo: "/"))
        #expect(short.id == fixture.id && short.place.text == "https://h/acme")
        for text in ["/", "https://h", "/x/No Id.git", "https://h/UPPER.git"] {
            #expect(throws: AmxError.self) { try connector.repository(at: RemoteURL(parsing: text, relativeTo: "/")) }
        }
    }
}
