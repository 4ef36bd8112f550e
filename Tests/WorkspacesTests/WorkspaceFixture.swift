import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// A fresh workspace with an identity of its own.
struct WorkspaceFixture {
    let folder: TemporaryDirectory
    let workspace: Workspace
    let identity = Identity(name: "Ada", email: "ada@example.com")

    init() throws {
        folder = try TemporaryDirectory("amx-workspace")
        workspace = try Workspace.create(at: folder.path).workspace
    }

    /// Makes a capsule from the template.
    @discardableResult
    func new(_ id: String) throws -> WorkspaceCapsule {
        let id = try CapsuleID(id)
        _ = try workspace.write { () throws(AmxError) in
            try workspace.newCapsule(id, name: nil, author: Developer(name: "Ada", email: "ada@example.com", url: nil))
        }
        return workspace.capsule(id)
    }

    /// Writes a file of a capsule's directory.
    func write(_ capsule: WorkspaceCapsule, _ path: String, _ text: String, executable: Bool = false) throws {
        try folder.write("knowledge/capsules/\(capsule.id)/\(path)", text: text, executable: executable)
    }

    /// Commits a capsule.
    @discardableResult
    func commit(_ capsule: WorkspaceCapsule, _ message: String = "Change") throws -> CommitResult? {
        try workspace.write { () throws(AmxError) in try capsule.commit(message: message, identity: identity) }
    }

    /// Runs git in a capsule's repository.
    @discardableResult
    func git(_ capsule: WorkspaceCapsule, _ arguments: String...) throws -> String {
        try Tool.git(arguments, in: workspace.repositoryPath(capsule.id))
    }

    /// Microseconds from less than any change takes to more than any should, however busy the machine is.
    static let moments = (0..<22).map { Int(200 * pow(1.35, Double($0))) } + [60_000_000, 60_000_000]

    /// Runs `body` in a copy of this process, which is killed after some microseconds unless it has ended before.
    ///
    /// The copy has one thread and shares nothing but the disk. Where another thread held a lock when it was made, the copy can
    /// stop at it, as if it was killed there: the runtime's `Mutex` ends a process that waits for a thread it does not have, and
    /// that end must not start the backtracer, which would wait for a thread as well.
    func kill(after microseconds: Int, _ body: () throws -> Void) throws {
        let process = fork()
        if process == 0 {
            for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] { signal(number, SIG_DFL) }
            Self.closeFiles(outside: folder.path)
            _ = try? body()
            _exit(0)
        }
        try #require(process > 0)
        var status: Int32 = 0
        let end = MonotonicClock.nanoseconds() + Int64(microseconds) * 1_000
        while case let left = (end - MonotonicClock.nanoseconds()) / 1_000, left > 0 {
            usleep(UInt32(min(100, left)))
            if waitpid(process, &status, WNOHANG) == process { return }
        }
        Glibc.kill(process, SIGKILL)
        waitpid(process, &status, 0)
    }

    /// Closes, in a copy of the process, what other tests had open when it was made: their locks would last as long as it.
    private static func closeFiles(outside folder: String) {
        let temporary = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let descriptor = Int32(name), descriptor > 2,
                let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"),
                path.hasPrefix("\(temporary)/"), !path.hasPrefix("\(folder)/")
            else { continue }
            close(descriptor)
        }
    }

    /// Everything that a killed process could leave and nobody needs.
    func litter() throws -> [String] {
        let marks = [".tmp", ".new-", ".pull-", "incoming-", ".amx-unpack", "/old-", "/change-"]
        let paths = FileManager.default.enumerator(atPath: workspace.root)?.compactMap { $0 as? String } ?? []
        return paths.filter { path in
            path.hasPrefix(".aimatrix/tmp/") || path.hasPrefix(".aimatrix/pending/")
                || path.hasSuffix(".git/packed-refs.lock")
                || (path.contains(".git/refs/") && path.hasSuffix(".lock")) || marks.contains { path.contains($0) }
        }
    }
}
