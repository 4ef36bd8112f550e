import Foundation
import TestSupport

/// A working copy with a capsule in it, driven by plain git.
final class Clone: Sendable {
    let folder: TemporaryDirectory
    let path: String

    /// Makes a repository with one commit of the capsule `id`, on `main`.
    init(capsule id: String, version: String = "1.0.0") async throws {
        folder = try TemporaryDirectory("amx-clone")
        path = folder.path
        try await git("init", "--quiet", "--initial-branch=main")
        try folder.write("manifest.json", text: Self.manifest(id, version))
        try folder.write("knowledge/facts.md", text: "# Facts\n")
        try await commit("Start")
    }

    /// Clones from a URL with further options.
    init(from url: String, _ options: [String] = [], protocolVersion: Int = 2) async throws {
        folder = try TemporaryDirectory("amx-clone")
        path = folder.appending("clone")
        try await Offload.succeed(
            ["-c", "protocol.version=\(protocolVersion)", "clone", "--quiet"] + options + [url, path], in: folder.path)
    }

    static func manifest(_ id: String, _ version: String) -> String {
        "{\n  \"id\": \"\(id)\",\n  \"name\": \"A capsule\",\n  \"version\": \"\(version)\"\n}\n"
    }

    /// Writes a file below the working copy.
    func write(_ file: String, _ text: String) throws {
        let url = URL(fileURLWithPath: "\(path)/\(file)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Commits everything and returns the commit.
    @discardableResult
    func commit(_ message: String) async throws -> String {
        try await git("add", "--all")
        try await git("commit", "--quiet", "--allow-empty", "--message", message)
        return try await git("rev-parse", "HEAD")
    }

    /// Runs git and expects success.
    @discardableResult
    func git(_ arguments: String...) async throws -> String { try await git(arguments) }

    /// Runs git and expects success.
    @discardableResult
    func git(_ arguments: [String]) async throws -> String {
        try await Offload.succeed(arguments, in: path)
    }

    /// Runs git, whatever its exit status.
    func attempt(_ arguments: String...) async throws -> Tool.Outcome {
        try await Offload.git(arguments, in: path)
    }
}
