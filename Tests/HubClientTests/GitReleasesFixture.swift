import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Workspaces

@testable import HubClient

/// A folder of repositories that git has made, and a workspace that asks a git server for their releases.
final class GitReleasesFixture {
    let folder: TemporaryDirectory
    let workspace: Workspace

    init() throws {
        folder = try TemporaryDirectory("amx-git-releases")
        workspace = try Workspace.create(at: folder.appending("work")).workspace
        try FileManager.default.createDirectory(
            atPath: folder.appending("remote"), withIntermediateDirectories: true)
    }

    func path(_ id: String) -> String { folder.appending("remote/\(id).git") }

    func server(
        token: String = "", versions: Bool = true, filter: Bool = true, settings: [(String, String)] = [],
        hiding hidden: [String] = []
    ) throws -> PeerServer {
        try PeerServer(
            repositories: folder.appending("remote"), token: token, versions: versions,
            settings: (filter ? [("uploadpack.allowFilter", "true")] : []) + settings, hiding: hidden)
    }

    /// What a commit of a repository has, and the tag that it gets.
    struct Revision {
        var tag: String
        var files: [(path: String, content: [UInt8])]
        var isAnnotated = true

        init(_ version: String, of id: String, needs: [String: String] = [:], _ files: [(String, [UInt8])] = []) {
            let list = needs.sorted { $0.key < $1.key }.map { #""\#($0.key)": "\#($0.value)""# }.joined(separator: ", ")
            let text = #"{"id": "\#(id)", "name": "\#(id)", "version": "\#(version)", "dependencies": {\#(list)}}"#
            tag = "v\(version)"
            self.files = [("manifest.json", Array(text.utf8))] + files.map { (path: $0.0, content: $0.1) }
        }
    }

    /// Adds commits and their tags to the branch `main` of a repository, which is made when it is missing.
    func add(_ revisions: [Revision], to id: String) throws {
        let isNew = !FileManager.default.fileExists(atPath: path(id))
        if isNew { try Tool.git(["init", "-q", "--bare", "-b", "main", path(id)], in: folder.path) }
        var stream: [UInt8] = []
        func write(_ text: String) { stream += Array(text.utf8) }
        for (index, revision) in revisions.enumerated() {
            write(
                "commit refs/heads/main\nmark :1\ncommitter T <t@example.com> \(1_700_000_000 + index) +0000\ndata 1\nx\n"
            )
            if index == 0, !isNew { write("from refs/heads/main^0\n") }
            for file in revision.files {
                write("M 100644 inline \(file.path)\ndata \(file.content.count)\n")
                stream += file.content
                write("\n")
            }
            if revision.isAnnotated {
                write("tag \(revision.tag)\nfrom :1\ntagger T <t@example.com> 1700000000 +0000\ndata 1\nx\n")
            } else {
                write("reset refs/tags/\(revision.tag)\nfrom :1\n\n")
            }
        }
        write("done\n")
        try Tool.git(["fast-import", "--quiet", "--force", "--done", "--depth=0"], in: path(id), input: stream)
    }

    /// What asks a server, as a command does.
    func places(_ peer: PeerServer, isOffline: Bool = false, token: String? = nil) throws -> RemoteReleasePlaces {
        let store = folder.appending("credentials")
        let config = folder.appending("config")
        let workspace = workspace
        return try RemoteReleasePlaces(workspace, isOffline: isOffline) {
            RegistryClient(
                credentials: CredentialSource(store: CredentialStore(path: store), token: token),
                cacheFolder: workspace.cacheDirectory, isOffline: isOffline)
        } connector: {
            RemoteConnector(
                environment: { $0 == "XDG_CONFIG_HOME" ? config : nil }, agent: "amx/test",
                credentials: CredentialSource(store: CredentialStore(path: store), token: token))
        }
    }

    /// What a server says of a capsule now.
    func ask(_ peer: PeerServer, _ id: String, isOffline: Bool = false, token: String? = nil) throws -> [Release]? {
        let places = try places(peer, isOffline: isOffline, token: token)
        return try withExtendedLifetime(places) {
            try place(peer, in: places).releases(of: CapsuleID(id))?.releases
        }
    }

    /// The folder of repositories as a place, whose address is not that of a hub's owner.
    func place(_ peer: PeerServer, in places: RemoteReleasePlaces) throws -> any ReleasePlace {
        try places.place(at: "http://127.0.0.1:\(peer.port)")
    }

    /// What the repository itself says, read where it lies.
    func truth(_ id: String) throws -> [Release] { try ReleaseReader(CapsuleID(id)).releases(in: path(id)) }

    /// What the workspace's store and the cache's folder of releases hold.
    func left() throws -> (store: [String], cache: [String]) {
        func names(_ path: String) throws -> [String] {
            FileManager.default.fileExists(atPath: path)
                ? try FileManager.default.contentsOfDirectory(atPath: path).sorted() : []
        }
        return (
            try names(workspace.directory(of: .incoming)) + names(folder.appending("work/.aimatrix/store")),
            try names("\(workspace.cacheDirectory)/releases")
        )
    }
}
