import Capsules
import Foundation
import HubClient
import Objects
import TestSupport
import Testing

/// A folder with a bare repository `remote/kit.git` kept by `git` and a capsule's repository `store/kit.git` kept by Amx.
final class TransferFixture {
    let folder: TemporaryDirectory
    let id: CapsuleID
    var history: RandomHistory
    let repository: Repository

    var remotePath: String { folder.appending("remote/kit.git") }
    var storePath: String { folder.appending("store/kit.git") }

    init(seed: UInt64 = 1) throws {
        folder = try TemporaryDirectory()
        id = try CapsuleID("kit")
        history = RandomHistory(seed: seed)
        repository = try Repository.create(at: folder.appending("store/kit.git"))
        try Tool.git(["init", "-q", "--bare", "-b", "main", "remote/kit.git"], in: folder.path)
    }

    /// Writes what the history has gained into a repository, the remote one unless told otherwise.
    func importHistory(into path: String? = nil) throws {
        let path = path ?? remotePath
        let marks = "\(path)/marks"
        try Tool.git(
            [
                "fast-import", "--quiet", "--force", "--done", "--import-marks-if-exists=\(marks)",
                "--export-marks=\(marks)",
            ],
            in: path, input: history.takeStream())
        if path == storePath { try repository.refresh() }
    }

    /// The address of the remote repository behind a server.
    func remote(_ peer: PeerServer, token: String? = nil, session: HTTPSession? = nil) throws -> SmartHTTPRemote {
        let store = CredentialStore(path: folder.appending("credentials"))
        return try SmartHTTPRemote(
            session: session ?? HTTPSession(), credentials: CredentialSource(store: store, token: token),
            address: WebAddress(parsing: "http://127.0.0.1:\(peer.port)/kit.git"), agent: "amx/test")
    }

    func server(token: String = "", versions: Bool = true) throws -> PeerServer {
        try PeerServer(repositories: folder.appending("remote"), token: token, versions: versions)
    }

    func fetch(_ remote: any RemoteRepository, progress: (TransferProgress) -> Void = { _ in }) throws -> TransferResult
    {
        try Fetch(id, from: remote, named: "origin", into: repository).run(progress: progress)
    }

    func push(
        _ remote: any RemoteRepository, _ selection: PushOptions.Selection = .all,
        progress: (TransferProgress) -> Void = { _ in }
    ) throws -> TransferResult {
        var options = PushOptions()
        options.selection = selection
        return try push(remote, options, progress: progress)
    }

    func push(
        _ remote: any RemoteRepository, _ options: PushOptions, progress: (TransferProgress) -> Void = { _ in }
    ) throws -> TransferResult {
        try Push(id, from: repository, to: remote, named: "origin", options: options).run(progress: progress)
    }

    /// The references of a repository as `git` sees them, by name below a prefix.
    func refs(_ path: String, below prefix: String) throws -> [String: String] {
        let lines = try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)", prefix], in: path)
        var refs: [String: String] = [:]
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: " ")
            refs[String(parts[0].dropFirst(prefix.count))] = String(parts[1])
        }
        return refs
    }

    /// The store's references and objects are what `git` would have fetched from the remote.
    func expectFetched(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try expectSound(storePath, sourceLocation: sourceLocation)
        #expect(
            try refs(storePath, below: "refs/remotes/origin/") == refs(remotePath, below: "refs/heads/"),
            sourceLocation: sourceLocation)
        #expect(
            try refs(storePath, below: "refs/tags/") == refs(remotePath, below: "refs/tags/"),
            sourceLocation: sourceLocation)
    }

    /// The remote's references and objects are what `git` would have pushed from the store.
    func expectPushed(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try expectSound(remotePath, sourceLocation: sourceLocation)
        for prefix in ["refs/heads/", "refs/tags/"] {
            #expect(
                try refs(storePath, below: prefix) == refs(remotePath, below: prefix), sourceLocation: sourceLocation)
        }
        #expect(
            try refs(storePath, below: "refs/remotes/origin/") == refs(storePath, below: "refs/heads/"),
            sourceLocation: sourceLocation)
    }

    func expectSound(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let outcome = try Tool.run(
            "git", ["fsck", "--strict", "--full", "--no-dangling"], in: path, environment: Tool.gitEnvironment)
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)", sourceLocation: sourceLocation)
    }

    /// The names in the store's folder of packs, and what is left of quarantines.
    func storeFiles() throws -> [String] {
        let objects = storePath + "/objects"
        return try FileManager.default.contentsOfDirectory(atPath: objects).filter { $0.hasPrefix("incoming") }
            + FileManager.default.contentsOfDirectory(atPath: objects + "/pack").sorted()
    }
}
