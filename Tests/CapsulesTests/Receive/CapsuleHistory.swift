import Capsules
import Objects
import TestSupport

/// A git repository with a capsule's history, and an empty repository that it is offered to.
struct CapsuleHistory {
    let folder: TemporaryDirectory
    let path: String
    let target: Repository

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.appending("work")
        target = try Repository.create(at: folder.appending("target.git"))
        try Tool.git(["init", "-q", "-b", "main", path], in: folder.path)
    }

    /// Commits a manifest with a file beside it, and returns the commit.
    @discardableResult
    func commit(
        id: String = "a.b", version: String = "1.0.0", manifest: String? = nil, message: String = "Change"
    ) throws -> ObjectID {
        let text = manifest ?? "{\"id\": \"\(id)\", \"name\": \"A\", \"version\": \"\(version)\"}"
        try folder.write("work/manifest.json", text: text)
        try folder.write("work/docs/a.md", text: "About \(version) \(message)\n")
        try Tool.git(["add", "-A"], in: path)
        try Tool.git(["commit", "-q", "--allow-empty", "-m", message], in: path)
        return try resolve("HEAD")
    }

    /// Makes an annotated tag and returns the tag object.
    func tag(_ name: String, message: String = "Release", of object: String = "HEAD") throws -> ObjectID {
        try Tool.git(["tag", "-f", "-a", "-m", message, name, object], in: path)
        return try resolve("refs/tags/\(name)")
    }

    func resolve(_ name: String) throws -> ObjectID {
        ObjectID(hex: try Tool.git(["rev-parse", name], in: path)) ?? .zero
    }

    /// The digest of the files of a revision.
    func digest(_ revision: String = "HEAD") throws -> String {
        let repository = try Repository(opening: "\(path)/.git")
        return try repository.digest(ofTree: resolve("\(revision)^{tree}")).text
    }

    /// Receives all that some objects reach and gives it to `body` before anything is published.
    func offered<Result>(
        _ tips: [ObjectID], limits: Limits = .standard, publish: Bool = false,
        _ body: (IncomingObjects) throws -> Result
    ) throws -> Result {
        let input = tips.map { "\($0)\n" }.joined()
        let pack = try Tool.run(
            "git", ["pack-objects", "-q", "--revs", "--stdout"], in: path, environment: Tool.gitEnvironment,
            input: Array(input.utf8))
        let receiver = try QuarantineReceiver(into: target, limits: limits)
        try receiver.receive(pack.output)
        let incoming = try receiver.finish()
        try incoming.check(tips: tips)
        let result = try body(incoming)
        if publish { try receiver.publish() } else { receiver.discard() }
        return result
    }

    /// The verdict on one change of a ref, with the words of its refusal.
    func verdict(
        _ name: String, _ new: ObjectID?, capsule: String = "a.b", limits: Limits = .standard
    ) throws -> (code: AmxError.Code, message: String)? {
        guard let name = RefName(name) else { return (.usage, "not a ref name") }
        let snapshot = try target.refs.snapshot()
        return try offered(new.map { [$0] } ?? [], limits: limits) { incoming in
            let policy = IncomingPolicy(incoming, of: try CapsuleID(capsule))
            do throws(AmxError) {
                try policy.check(RefUpdate(name, expected: .any, new: new), in: snapshot)
                return nil
            } catch {
                return (error.code, error.message)
            }
        }
    }
}
