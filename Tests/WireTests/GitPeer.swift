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

    init(empty: Bool = false) throws {
        folder = try TemporaryDirectory("amx-wire")
        path = folder.appending("server.git")
        try Tool.git(["init", "-q", "--bare", "-b", "main", path], in: folder.path)
        for (key, value) in [
            ("uploadpack.allowFilter", "true"), ("uploadpack.allowTipSHA1InWant", "true"),
            ("uploadpack.allowReachableSHA1InWant", "true"), ("receive.advertisePushOptions", "true"),
        ] { try Tool.git(["config", key, value], in: path) }
        guard !empty else { return }
        let a = try commit("a", parents: [])
        let b = try commit("b", parents: [a])
        let c = try commit("c", parents: [b])
        let d = try commit("d", parents: [b])
        let e = try commit("e", parents: [c, d])
        try Tool.git(["update-ref", "refs/heads/main", e], in: path)
        try Tool.git(["update-ref", "refs/heads/side", d], in: path)
        try Tool.git(["update-ref", "refs/tags/light", b], in: path)
        try Tool.git(["tag", "-a", "-m", "one", "v1", c], in: path)
        try Tool.git(["-c", "advice.nestedTag=false", "tag", "-a", "-m", "nest", "nested", "v1"], in: path)
    }

    /// Makes a commit whose tree holds one file named for it; its time is fixed by its name.
    func commit(_ name: String, parents: [String], in repository: String? = nil) throws -> String {
        let place = repository ?? path
        let blob = try Tool.git(
            ["hash-object", "-w", "--stdin"], in: place, input: Array(String(repeating: name, count: 100).utf8))
        let tree = try Tool.git(["mktree"], in: place, input: Array("100644 blob \(blob)\t\(name).txt\n".utf8))
        let time = "\(1_700_000_000 + Int(name.utf8.first ?? 0)) +0000"
        return try Tool.git(
            ["commit-tree", tree, "-m", name] + parents.flatMap { ["-p", $0] }, in: place,
            environment: ["GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time])
    }

    func id(_ revision: String) throws -> ObjectID {
        try #require(ObjectID(hex: try Tool.git(["rev-parse", revision], in: path)))
    }

    /// Whether the repository has an object.
    func has(_ id: ObjectID) -> Bool {
        (try? Tool.git(["cat-file", "-e", id.hex], in: path)) != nil
    }

    /// Whether each want has a common commit among its ancestors: git's own rule, computed by git.
    func isReady(wants: [ObjectID], common: [ObjectID]) throws -> Bool {
        try wants.allSatisfy { want in
            let list = try Tool.git(["rev-list", "\(want.hex)^{commit}"], in: path).split(separator: "\n")
            return common.contains { list.contains(Substring($0.hex)) }
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
