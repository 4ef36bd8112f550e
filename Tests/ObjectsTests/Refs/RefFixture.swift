import Foundation
import Objects
import TestSupport
import Testing

/// A bare repository with a few commits and tags to point references at.
struct RefFixture {
    let folder: TemporaryDirectory
    let path: String
    /// Commits in a line, the oldest first.
    let commits: [ObjectID]
    /// An annotated tag of the first commit.
    let tag: ObjectID
    /// A tag of that tag.
    let nestedTag: ObjectID

    init(commits count: Int = 4) throws {
        folder = try TemporaryDirectory()
        path = folder.appending("r.git")
        _ = try Repository.create(at: path)
        var commits: [ObjectID] = []
        let tree = try Tool.git(["mktree"], in: path)
        for index in 0..<count {
            let parents = commits.last.map { ["-p", $0.hex] } ?? []
            let id = try Tool.git(["commit-tree", tree, "-m", "c\(index)"] + parents, in: path)
            commits.append(try Self.id(id))
        }
        self.commits = commits
        tag = try Self.makeTag(of: commits[0], "commit", "v1", in: path)
        nestedTag = try Self.makeTag(of: tag, "tag", "v2", in: path)
    }

    private static func makeTag(
        of target: ObjectID, _ kind: String, _ name: String, in path: String
    ) throws -> ObjectID {
        let text = "object \(target)\ntype \(kind)\ntag \(name)\ntagger T <t@example.com> 1700000000 +0000\n\nx\n"
        return try id(Tool.git(["mktag"], in: path, input: Array(text.utf8)))
    }

    static func id(_ hex: String) throws -> ObjectID {
        try #require(ObjectID(hex: hex), "no object id: \(hex)")
    }

    static func name(_ text: String) throws -> RefName {
        try #require(RefName(text), "no reference name: \(text)")
    }

    /// A store of its own, as another process would have.
    func refs() throws -> RefStore { try Repository(opening: path).refs }

    @discardableResult
    func git(_ arguments: String..., input: String = "") throws -> String {
        try Tool.git(arguments, in: path, input: Array(input.utf8))
    }

    /// `git show-ref -d` in the form of a snapshot's lines.
    func gitLines() throws -> [String] {
        let outcome = try Tool.run("git", ["show-ref", "-d"], in: path, environment: Tool.gitEnvironment)
        return outcome.text.split(separator: "\n").map(String.init)
    }

    func lines(_ snapshot: RefSnapshot) -> [String] {
        snapshot.refs.flatMap { ref in
            ["\(ref.id) \(ref.name.string)"] + (ref.peeled.map { ["\($0) \(ref.name.string)^{}"] } ?? [])
        }
    }

    /// Writes one loose reference as git would.
    func writeLoose(_ name: String, _ content: String) throws {
        try folder.write("r.git/\(name)", text: content)
    }

    func exists(_ relative: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(relative)") }
}
