import Foundation
import TestSupport

/// Kills a command right before a chosen call of the kernel that changes something on the disk.
enum FailPoints {
    /// The calls by which a process changes files.
    private static let calls =
        "write,pwrite64,writev,ftruncate,fsync,fdatasync,syncfs,rename,renameat,renameat2,link,linkat,symlink,unlink,unlinkat,mkdir,"
        + "mkdirat,rmdir"

    /// Why processes cannot be traced on this machine; nil when they can.
    static let obstacle: String? = {
        guard let outcome = try? Tool.run("strace", ["-f", "-qq", "-e", "trace=none", "true"]) else {
            return "strace is not installed"
        }
        return outcome.status == 0 ? nil : "strace: \(outcome.errors)"
    }()

    /// How many such calls a command makes; it must succeed.
    static func count(of arguments: [String], by tool: AmxTool) throws -> Int {
        let log = try TemporaryDirectory("amx-e2e-calls")
        let outcome = try strace(["-o", log.appending("calls"), "-e", "trace=\(calls)"], arguments, by: tool)
        guard outcome.status == 0 else {
            throw TestFailure("amx \(arguments.joined(separator: " ")): \(outcome.status): \(outcome.errors)")
        }
        // One that another thread's call has interrupted has a second line.
        return String(decoding: try log.read("calls"), as: UTF8.self).split(separator: "\n")
            .count { !$0.contains(" resumed>") }
    }

    /// Runs a command that is killed before its `number`th such call; says whether it was.
    static func kill(before number: Int, of arguments: [String], by tool: AmxTool) throws -> Bool {
        let inject = "inject=\(calls):signal=SIGKILL:when=\(number)"
        let outcome = try strace(["-o", "/dev/null", "-e", "trace=\(calls)", "-e", inject], arguments, by: tool)
        return outcome.status == 128 + SIGKILL
    }

    /// The calls of some names that a command and its threads make, one a line, while those of another fail; it must succeed.
    static func calls(
        _ names: String, of arguments: [String], by tool: AmxTool, failing failed: String? = nil
    ) throws -> [String] {
        let log = try TemporaryDirectory("amx-e2e-calls")
        let others = failed.map { ",\($0)" } ?? ""
        let inject = failed.map { ["-e", "inject=\($0):error=ENOSYS"] } ?? []
        let outcome = try strace(
            ["-o", log.appending("calls"), "-e", "trace=\(names)\(others)"] + inject, arguments, by: tool)
        guard outcome.status == 0 else {
            throw TestFailure("amx \(arguments.joined(separator: " ")): \(outcome.status): \(outcome.errors)")
        }
        return String(decoding: try log.read("calls"), as: UTF8.self).split(separator: "\n")
            .filter { !$0.contains("resumed>") }.map(String.init)
    }

    /// Runs a command while calls of one name fail, by default as of a broken disk, and the system lacks another; `when` as strace
    /// takes it, for each thread.
    static func fail(
        _ name: String, when: String, as error: String = "EIO", of arguments: [String], by tool: AmxTool,
        also missing: String? = nil
    ) throws -> Tool.Outcome {
        let inject = "inject=\(name):error=\(error):when=\(when)"
        let others = missing.map { ["-e", "inject=\($0):error=ENOSYS"] } ?? []
        let names = missing.map { "\(name),\($0)" } ?? name
        return try strace(["-o", "/dev/null", "-e", "trace=\(names)", "-e", inject] + others, arguments, by: tool)
    }

    /// One call of the kernel that takes room on the disk, by its name and number in a run.
    struct RoomTakingCall: Sendable, CustomStringConvertible {
        let name: String
        let number: Int
        var description: String { "\(name) \(number)" }
    }

    /// The calls of a command that take room; it must succeed. A failed sync is something else.
    static func roomTakingCalls(of arguments: [String], by tool: AmxTool) throws -> [RoomTakingCall] {
        let names = ["write", "pwrite64", "writev", "rename", "renameat2", "link", "linkat", "mkdir"]
        let made = try calls(names.joined(separator: ","), of: arguments, by: tool)
        return names.flatMap { name in
            (0..<made.count { $0.contains(" \(name)(") }).map { RoomTakingCall(name: name, number: $0 + 1) }
        }
    }

    /// Runs a command of which one call fails for want of room; says whether the command failed by that.
    static func fail(_ call: RoomTakingCall, of arguments: [String], by tool: AmxTool) throws -> Bool {
        // Calls are counted by name: of several names, one of each would fail.
        try fail(call.name, when: "\(call.number)", as: "ENOSPC", of: arguments, by: tool).status != 0
    }

    private static func strace(_ options: [String], _ arguments: [String], by tool: AmxTool) throws -> Tool.Outcome {
        try Tool.run(
            "strace", ["-f", "-qq"] + options + [Executables.amx] + arguments, in: tool.directory,
            environment: tool.environment)
    }
}
