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
        return try log.read("calls").split(separator: 0x0A).count
    }

    /// Runs a command that is killed before its `number`th such call; says whether it was.
    static func kill(before number: Int, of arguments: [String], by tool: AmxTool) throws -> Bool {
        let inject = "inject=\(calls):signal=SIGKILL:when=\(number)"
        let outcome = try strace(["-o", "/dev/null", "-e", "trace=\(calls)", "-e", inject], arguments, by: tool)
        return outcome.status == 128 + SIGKILL
    }

    private static func strace(_ options: [String], _ arguments: [String], by tool: AmxTool) throws -> Tool.Outcome {
        try Tool.run(
            "strace", ["-f", "-qq"] + options + [Executables.amx] + arguments, in: tool.directory,
            environment: tool.environment)
    }
}
