import Foundation
import TestSupport

/// A working copy of a capsule that is driven by plain git.
final class GitCopy: Sendable {
    /// The working copy.
    let path: String
    private let folder: TemporaryDirectory

    /// Makes a repository whose branch `main` has one commit of a capsule.
    init(capsule id: String, version: String = "1.0.0") throws {
        folder = try TemporaryDirectory("amx-e2e-git")
        path = folder.appending("work")
        try git("init", "--quiet", "--initial-branch=main", path, in: folder.path)
        try write("manifest.json", Self.manifest(id, version))
        try write("knowledge/facts.md", "# Facts\n")
        try commit("Start")
    }

    /// Clones.
    init(cloning url: String, _ options: String...) throws {
        folder = try TemporaryDirectory("amx-e2e-git")
        path = folder.appending("work")
        try Tool.git(["clone", "--quiet"] + options + [url, path], in: folder.path)
    }

    /// The smallest valid manifest.
    static func manifest(_ id: String, _ version: String) -> String {
        "{\n  \"id\": \"\(id)\",\n  \"name\": \"A capsule\",\n  \"version\": \"\(version)\"\n}\n"
    }

    /// Writes a file of the working copy.
    func write(_ file: String, _ text: String, executable: Bool = false) throws {
        try folder.write("work/\(file)", text: text, executable: executable)
    }

    /// Commits all of the working copy and returns the commit.
    @discardableResult
    func commit(_ message: String) throws -> String {
        try git("add", "--all", "--force")
        try git("commit", "--quiet", "--allow-empty", "--message", message)
        return try head
    }

    /// The current commit.
    var head: String { get throws { try git("rev-parse", "HEAD") } }

    /// Runs git and expects success.
    @discardableResult
    func git(_ arguments: String..., in directory: String? = nil, input: String = "") throws -> String {
        try Tool.git(arguments, in: directory ?? path, input: Array(input.utf8))
    }

    /// Runs git, whatever its exit status.
    func attempt(_ arguments: String..., environment: [String: String] = [:]) throws -> Tool.Outcome {
        try Tool.run("git", arguments, in: path, environment: Tool.gitEnvironment.merging(environment) { $1 })
    }

    /// The content digest of a revision, from git's output alone.
    func digest(_ revision: String = "HEAD") throws -> String {
        try DigestOracle.digest(repository: path, revision: revision)
    }
}
