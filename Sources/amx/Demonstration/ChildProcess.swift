import Glibc
import Objects

/// A program that runs beside this one, with its output in files.
///
/// Asked to end, and waited for, when the owner goes.
struct ChildProcess: ~Copyable {
    private let process: RunningProcess

    /// Starts a program, found on PATH or by its path, with exactly this environment and nothing on standard input.
    init(
        _ program: String, _ arguments: [String], environment: [String: String], output: String, errors: String
    ) throws(AmxError) {
        var child = Program(program, arguments)
        child.environment = .empty.with(environment)
        child.output = .file(output)
        child.errors = .file(errors)
        child.company = .caller
        process = try child.start()
    }

    deinit {
        process.send(SIGTERM)
        _ = process.wait()
    }

    /// Whether the program has not ended yet.
    var isRunning: Bool { !process.hasEnded }

    /// Waits for the end; the exit status, or 128 and the signal that ended it. `.interrupted` when the user ends the wait.
    func wait() throws(AmxError) -> Int32 {
        try process.wait { () throws(AmxError) in try Interruption.check() }
    }
}
