import Foundation
import TestSupport
import Testing

/// A user of `amx` with a home of their own and a current directory.
struct AmxTool: Sendable {
    /// What `amx` sees of the machine besides the workspace.
    let home: TemporaryDirectory
    /// Where commands run: a workspace, once ``workspace(_:remote:)`` has made one.
    var directory: String
    private var token: String?
    private let name: String

    /// Makes a user.
    ///
    /// - Parameter token: what `AMX_TOKEN` holds, if anything.
    init(_ name: String = "Ada", token: String? = nil) throws {
        home = try TemporaryDirectory("amx-e2e-home")
        directory = home.path
        self.name = name
        self.token = token
        try home.write(".gitconfig", text: "[user]\n\tname = \(name)\n\temail = \(name.lowercased())@example.com\n")
    }

    /// The same user with another token.
    func with(token: String?) -> AmxTool {
        var other = self
        other.token = token
        return other
    }

    /// The same user in another directory.
    func at(_ directory: String) -> AmxTool {
        var other = self
        other.directory = directory
        return other
    }

    /// A new workspace of this user, with a remote `origin` where one is given.
    func workspace(_ folder: String = "work", remote: String? = nil) throws -> AmxTool {
        try json("init", home.appending(folder))
        let tool = at(home.appending(folder))
        if let remote { try tool.json("remote", "add", "origin", remote) }
        return tool
    }

    // MARK: Running

    /// The environment of every command.
    var environment: [String: String] {
        var result = [
            "HOME": home.path, "XDG_CONFIG_HOME": home.appending(".config"), "XDG_CACHE_HOME": home.appending(".cache"),
            "XDG_DATA_HOME": home.appending(".data"), "XDG_STATE_HOME": home.appending(".state"),
            "GIT_CONFIG_SYSTEM": "/dev/null", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "AMX_TOKEN": "",
        ]
        if let token { result["AMX_TOKEN"] = token }
        return result
    }

    /// Runs a command, whatever its exit status.
    func run(_ arguments: [String], input: [UInt8] = []) throws -> Tool.Outcome {
        try Tool.run(Executables.amx, arguments, in: directory, environment: environment, input: input)
    }

    /// Runs a command, whatever its exit status.
    func run(_ arguments: String...) throws -> Tool.Outcome { try run(arguments) }

    /// Runs a command with `--json`, expects success, and returns what it printed.
    @discardableResult
    func json(_ arguments: String..., input: String = "") throws -> JSONNode {
        let outcome = try run(arguments + ["--json"], input: Array(input.utf8))
        guard outcome.status == 0 else {
            throw TestFailure(
                "amx \(arguments.joined(separator: " ")): \(outcome.status): \(outcome.errors)")
        }
        return try JSONNode(outcome.output)
    }

    /// Runs a command that must fail: with this exit status, an error in the one form, and with `hint` in its words.
    @discardableResult
    func fails(
        _ status: Int32, _ arguments: String..., saying words: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Tool.Outcome {
        let outcome = try run(arguments)
        #expect(outcome.status == status, "\(outcome.text)\(outcome.errors)", sourceLocation: sourceLocation)
        let error = outcome.errors.split(separator: "\n").first { $0.hasPrefix("error: ") }
        #expect(error != nil, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(words.isEmpty || outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
        return outcome
    }

    // MARK: The workspace

    /// Where a capsule's directory form lies.
    func capsule(_ id: String) -> String { "\(directory)/knowledge/capsules/\(id)" }

    /// Where a capsule's packed form lies.
    func packed(_ id: String) -> String { "\(directory)/knowledge/capsules/\(id).kc" }

    /// Where a capsule's repository lies.
    func repository(_ id: String) -> String { "\(directory)/.aimatrix/store/\(id).git" }

    /// Writes a file of a capsule's directory.
    func write(_ id: String, _ file: String, _ text: String, executable: Bool = false) throws {
        let path = "\(capsule(id))/\(file)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        if executable { return try Tool.install(text.utf8, at: path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Makes a capsule with one commit and returns the commit's entry.
    @discardableResult
    func newCapsule(_ id: String) throws -> JSONNode {
        try json("new", id)
        return try json("commit", id, "-m", "Start")["commits"][0]
    }

    /// The commit and digest of a revision, as `amx show` tells them.
    func show(_ revision: String) throws -> (commit: String, digest: String) {
        let shown = try json("show", revision)
        return (try #require(shown["commit"].string), try #require(shown["digest"].string))
    }

    /// Checks a capsule's repository by `git fsck --strict`.
    func check(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let outcome = try Tool.run(
            "git", ["fsck", "--strict", "--full"], in: repository(id), environment: Tool.gitEnvironment)
        #expect(outcome.status == 0, "git fsck: \(outcome.text)\(outcome.errors)", sourceLocation: sourceLocation)
    }
}
