import Objects
import TestSupport
import Testing

@testable import Wire

/// A bare repository with history, and real `git` as the server in front of it.
///
/// ```
/// a - b - c - e   main     tags: light -> b, v1 (annotated) -> c, nested (annotated) -> v1
///      \     /
///       d --'     side
/// ```
struct GitPeer {
    let folder: TemporaryDirectory
    /// The path of the bare repository.
    let path: String
    /// Every commit and its parents.
    let parents: [ObjectID: [ObjectID]]
    /// Every object.
    let objects: Set<ObjectID>

    init(empty: Bool = false) throws {
        folder = try TemporaryDirectory("amx-wire")
        path = folder.appending("server.git")
        try Tool.git(["init", "-q", "--bare", "-b", "main", path], in: folder.path)
        let configuration = """
            [core]
            repositoryformatversion = 0
            bare = true
            [uploadpack]
            allowFilter = true
            allowTipSHA1InWant = true
            allowReachableSHA1InWant = true
            [receive]
            advertisePushOptions = true

            """
        try folder.write("server.git/config", text: configuration)
        guard !empty else {
            (parents, objects) = ([:], [])
            return
        }
        try Tool.git(["fast-import", "--quiet"], in: path, input: Array(Self.history.utf8))
        parents = try Dictionary(
            uniqueKeysWithValues: Tool.git(["rev-list", "--parents", "--all"], in: path).split(separator: "\n").map {
                line in
                let ids = line.split(separator: " ").compactMap { ObjectID(hex: $0) }
                return (try #require(ids.first), Array(ids.dropFirst()))
            })
        let listing = try Tool.git(
            ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"], in: path)
        objects = Set(listing.split(separator: "\n").compactMap { ObjectID(hex: $0) })
    }

    /// The history as `git fast-import` takes it; marks 1 to 5 are the commits a to e.
    private static let history: String = {
        func commit(_ name: String, mark: Int, from parents: [Int], on branch: String) -> String {
            """
            commit refs/heads/\(branch)
            mark :\(mark)
            committer Test <test@example.com> \(1_700_000_000 + mark) +0000
            data 1
            \(name)

            """ + (parents.first.map { "from :\($0)\n" } ?? "")
                + (parents.dropFirst().map { "merge :\($0)\n" }).joined()
                + "M 644 inline \(name).txt\ndata 100\n\(String(repeating: name, count: 100))\n"
        }
        func tag(_ name: String, mark: Int, of target: Int) -> String {
            "tag \(name)\nmark :\(mark)\nfrom :\(target)\ntagger Test <test@example.com> 1700000009 +0000\ndata 1\nt\n"
        }
        return commit("a", mark: 1, from: [], on: "main") + commit("b", mark: 2, from: [1], on: "main")
            + commit("c", mark: 3, from: [2], on: "main") + commit("d", mark: 4, from: [2], on: "side")
            + commit("e", mark: 5, from: [3, 4], on: "main") + "reset refs/tags/light\nfrom :2\n\n"
            + tag("v1", mark: 6, of: 3) + tag("nested", mark: 7, of: 6)
    }()

    func id(_ revision: String) throws -> ObjectID {
        try #require(ObjectID(hex: try Tool.git(["rev-parse", revision], in: path)))
    }

    /// Whether the repository has an object.
    func has(_ id: ObjectID) -> Bool { objects.contains(id) }

    /// Whether each want has a common commit, or the parent of one, among its ancestors: git's own rule.
    func isReady(wants: [ObjectID], common: [ObjectID]) -> Bool {
        let known = Set(common + common.flatMap { parents[$0] ?? [] })
        return wants.allSatisfy { want in
            var pending = [want]
            while let id = pending.popLast() {
                if known.contains(id) { return true }
                pending += parents[id] ?? []
            }
            return false
        }
    }

    /// What the refs are, as a hub would read them from its store.
    func refs() throws -> RefAdvertisement {
        let listing = try Tool.git(
            ["for-each-ref", "--format=%(objectname) %(refname) %(*objectname)"], in: path)
        let refs = try listing.split(separator: "\n").map { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            var peeled: ObjectID?
            if !fields[2].isEmpty { peeled = try id("\(fields[1])^{}") }
            return AdvertisedRef(name: String(fields[1]), id: try #require(ObjectID(hex: fields[0])), peeled: peeled)
        }
        return RefAdvertisement(refs, headTarget: try Tool.git(["symbolic-ref", "HEAD"], in: path))
    }

    /// What `git` answers to `GET info/refs`, without the lines of smart HTTP.
    func advertisement(_ service: GitService, _ version: ProtocolVersion) throws -> [UInt8] {
        try run([command(service), "--http-backend-info-refs", path], version: version, input: [])
    }

    /// What `git` answers to a `POST`.
    func answer(_ service: GitService, _ version: ProtocolVersion, to body: [UInt8]) throws -> [UInt8] {
        try run([command(service), "--stateless-rpc", path], version: version, input: body)
    }

    /// What a client learns from `git` as the server.
    func parsedAdvertisement(_ service: GitService, _ version: ProtocolVersion) throws -> ServerAdvertisement {
        var reader = AdvertisementReader(service: service)
        try reader.append(try advertisement(service, version))
        return try reader.finish()
    }

    private func command(_ service: GitService) -> String { String(service.rawValue.dropFirst("git-".count)) }

    private func run(_ arguments: [String], version: ProtocolVersion, input: [UInt8]) throws -> [UInt8] {
        let environment = Tool.gitEnvironment.merging(["GIT_PROTOCOL": version.header ?? ""]) { $1 }
        return try Tool.run("git", arguments, in: path, environment: environment, input: input).output
    }
}
