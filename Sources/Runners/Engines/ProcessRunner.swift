import CLinux
import Capsules
import Glibc
package import Isolation
package import Objects

/// Runs programs: Python and Node scripts, and executable files of the capsule. The input is JSON on standard input, the result JSON on
/// standard output, and the host answers on the channel (`docs/running.md`, "Programs").
package final class ProcessRunner: EngineRunner {
    private let sandbox: Sandbox

    /// Runs in a sandbox that shows the capsule.
    package init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    package func load(_ limits: SandboxLimits, check: () throws(AmxError) -> Void) throws(AmxError) {
        try sandbox.prepare(limits)
    }

    package func run(
        _ run: EngineRun, host: inout some HostInterface, check: () throws(AmxError) -> Void
    ) throws(AmxError) -> RunResult {
        guard case .file(let path) = run.handler else {
            return RunResult(.setupFailed, error: "\(run.handler) is not a program")
        }
        let input = JSONWriter.bytes(run.input)
        var sockets: [Int32] = [-1, -1]
        guard amx_stream_sockets(&sockets) == 0 else { throw AmxError.system("cannot make a socket") }
        defer { close(sockets[0]) }
        var environment = run.environment
        environment["AIMATRIX_CHANNEL"] = String(Launcher.channelNumber)
        let milliseconds = Int64(clamping: min(run.limits.milliseconds, 86_400_000))
        let deadline = MonotonicClock.nanoseconds() + milliseconds * 1_000_000
        let program: SandboxedProgram
        do throws(AmxError) {
            program = try sandbox.start(
                Self.command(path), input: input, channel: sockets[1], environment: environment, limits: run.limits)
        } catch {
            close(sockets[1])
            throw error
        }
        close(sockets[1])
        let connection = MessageConnection(
            LineConnection(reading: sockets[0], writing: sockets[0], lineLimit: 16 << 20, of: program))
        try connection.serve(program, until: deadline, host: &host, check: check)
        let ended = try program.wait(check: check)
        var result = Self.result(ended, run.limits)
        result.usage.bytesIn = UInt64(input.count)
        result.usage.bytesOut = UInt64(ended.output.count)
        return result
    }

    /// The interpreter that runs a file, `python3` or `node`; nil for a file that runs by itself.
    package static func interpreter(of path: TreePath) -> String? {
        if path.name.hasSuffix(".py") { return "python3" }
        return [".js", ".mjs", ".cjs"].contains(where: path.name.hasSuffix) ? "node" : nil
    }

    /// The words that start a file.
    static func command(_ path: TreePath) -> [String] {
        let file = Sandbox.capsulePath + "/" + path.string
        return interpreter(of: path).map { ["/usr/bin/\($0)", file] } ?? [file]
    }

    private static func result(_ ended: SandboxResult, _ limits: SandboxLimits) -> RunResult {
        if let failure = RunResult.failure(ended, limits: limits) { return failure }
        let usage = ResourceUsage(ended)
        // A program that writes nothing gives nothing back.
        guard !ended.output.allSatisfy({ " \n\r\t".utf8.contains($0) }) else {
            return RunResult(.null, usage: usage, log: ended.errors)
        }
        do throws(JSONError) {
            return RunResult(try JSONParser.parse(ended.output), usage: usage, log: ended.errors)
        } catch {
            return RunResult(
                .trap("output"),
                error: "what it wrote to standard output is not JSON: \(error.reason), in line \(error.line)",
                usage: usage, log: ended.errors)
        }
    }
}
