import Foundation
import Synchronization
import TestSupport
import Testing

/// A hub's data directory and the real `amx-hub` in front of it.
///
/// The process ends with its owner. One test uses it, from any thread.
final class HubProcess: Sendable {
    /// The folder of the data directory.
    let folder: TemporaryDirectory
    /// The owner that the hub begins with.
    let owner: String
    /// An admin token of the owner.
    let token: String

    private let arguments: [String]
    private let limit: Int?
    private let running = Mutex<(process: RunningProgram, url: String)?>(nil)

    /// Makes a data directory and serves it.
    ///
    /// - Parameters:
    ///   - arguments: further arguments of `serve`.
    ///   - fileSizeLimit: a bound in bytes on the files that the process writes (RLIMIT_FSIZE).
    init(owner: String = "acme", arguments: [String] = [], fileSizeLimit: Int? = nil) throws {
        folder = try TemporaryDirectory("amx-e2e-hub")
        self.owner = owner
        self.arguments = arguments
        limit = fileSizeLimit
        let made = try Tool.run(Executables.hub, ["init", "--data", "\(folder.path)/data", "--owner", owner, "--json"])
        guard made.status == 0, let token = try JSONNode(made.output)["token"].string else {
            throw TestFailure("amx-hub init: \(made.errors)")
        }
        self.token = token
        try start()
    }

    deinit { kill() }

    // MARK: The process

    /// Starts to serve and waits for the line with the URL.
    func start() throws {
        let serve = [Executables.hub, "serve", "--data", data, "--listen", "127.0.0.1:0"] + arguments
        // The signal that comes with the bound is ignored, so that writes fail as on a full disk.
        let words =
            limit.map { ["sh", "-c", "trap '' XFSZ; exec prlimit --fsize=\($0) \"$0\" \"$@\""] + serve } ?? serve
        let output = Pipe()
        if !FileManager.default.fileExists(atPath: logPath) { try folder.write("log", text: "") }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        try handle.seekToEnd()
        let process = try RunningProgram(
            words[0], Array(words.dropFirst()), output: output.fileHandleForWriting.fileDescriptor,
            errors: handle.fileDescriptor)
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { line.append(byte) }
        let url = String(decoding: line, as: UTF8.self)
        guard url.hasPrefix("http://127.0.0.1:") else {
            throw TestFailure("the hub is not ready: \(url) \(try log())")
        }
        running.withLock { $0 = (process, url) }
    }

    /// Ends the process at once, as a power failure would.
    func kill() {
        guard let process = running.withLock({ $0.take()?.process }) else { return }
        process.send(SIGKILL)
        process.waitUntilExit()
    }

    /// Asks the process to finish what is under way, and returns its exit status.
    func stop() -> Int32? {
        guard let process = running.withLock({ $0.take()?.process }) else { return nil }
        process.terminate()
        return process.waitUntilExit()
    }

    /// What the process has written to standard error.
    func log() throws -> String { String(decoding: try folder.read("log"), as: UTF8.self) }

    private var logPath: String { folder.appending("log") }

    // MARK: Addresses

    /// The data directory.
    var data: String { folder.appending("data") }

    /// Where it answers; empty while it is stopped.
    var url: String { running.withLock { $0?.url ?? "" } }

    /// A remote of `amx`: the owner's folder.
    var remote: String { "\(url)/\(owner)" }

    /// A repository's address with a token in it, for git.
    func address(_ name: String, token: String? = nil, owner: String? = nil) -> String {
        let host = url.dropFirst("http://".count)
        return "http://any:\(token ?? self.token)@\(host)/\(owner ?? self.owner)/\(name).git"
    }

    /// A repository's folder.
    func repository(_ name: String) -> String { "\(data)/store/\(owner)/\(name).git" }

    // MARK: Administration

    /// Runs a command of `amx-hub` on the data directory and expects success.
    @discardableResult
    func admin(_ arguments: String...) throws -> JSONNode {
        let outcome = try Tool.run(Executables.hub, arguments + ["--data", data, "--json"])
        guard outcome.status == 0 else {
            throw TestFailure("amx-hub \(arguments): \(outcome.status): \(outcome.errors)")
        }
        return try JSONNode(outcome.output)
    }

    /// Makes a token.
    func makeToken(_ rights: String, owner: String? = nil, expires: String? = nil) throws -> (id: String, text: String)
    {
        let end = expires.map { ["--expires", $0] } ?? []
        let made = try Tool.run(
            Executables.hub,
            ["token", "create", "--owner", owner ?? self.owner, "--rights", rights, "--data", data, "--json"] + end)
        let record = try JSONNode(made.output)
        return (try #require(record["id"].string), try #require(record["secret"].string ?? record["token"].string))
    }

    // MARK: What must hold

    /// Checks a repository by `git fsck --strict`, and that nothing of an unfinished push lies about.
    func check(
        _ name: String, allowingLeftovers: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try Tool.run(
            "git", ["fsck", "--strict", "--full"], in: repository(name), environment: Tool.gitEnvironment)
        #expect(outcome.status == 0, "git fsck: \(outcome.text)\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(!outcome.text.contains("missing"), "\(outcome.text)", sourceLocation: sourceLocation)
        let leftovers = try allowingLeftovers ? [] : leftovers()
        #expect(leftovers == [], sourceLocation: sourceLocation)
    }

    /// Checks the accounts and all repositories by `amx-hub fsck`.
    func checkAll(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let outcome = try Tool.run(Executables.hub, ["fsck", "--data", data])
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)", sourceLocation: sourceLocation)
    }

    /// Files and folders of unfinished pushes.
    func leftovers() throws -> [String] {
        let all = FileManager.default.enumerator(atPath: data)?.allObjects.compactMap { $0 as? String } ?? []
        return all.filter { path in
            let name = (path as NSString).lastPathComponent
            return path.hasPrefix("incoming/") || name.contains("incoming-")
                || (name.hasSuffix(".lock") && name != "amx.lock")
        }
    }

    /// All refs of a repository as `git for-each-ref` lists them; empty when it does not exist.
    func refs(_ name: String) throws -> [String: String] {
        guard FileManager.default.fileExists(atPath: repository(name)) else { return [:] }
        let text = try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)"], in: repository(name))
        let pairs = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    }
}
