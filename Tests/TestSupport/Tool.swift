import Foundation

/// Runs other programs as oracles and peers.
public enum Tool {
    /// What a finished program left behind.
    public struct Outcome: Sendable {
        /// The exit status, or 128 plus the signal that ended it.
        public let status: Int32
        /// Standard output's bytes.
        public let output: [UInt8]
        /// Standard error as text.
        public let errors: String
        /// Standard output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }

        /// What a program left behind that was run in another way.
        public init(status: Int32, output: [UInt8], errors: String) {
            self.status = status
            self.output = output
            self.errors = errors
        }
    }

    /// A program that ended with a status other than the expected one.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The environment that makes `git` independent of the machine's configuration.
    public static let gitEnvironment: [String: String] = [
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.com",
        "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@example.com", "LC_ALL": "C.UTF-8",
    ]

    /// Runs a program found on PATH (or by absolute path) to its end and collects what it wrote.
    ///
    /// `environment` is laid over the current one. Output of any size is read while the program runs.
    public static func run(
        _ program: String, _ arguments: [String], in directory: String? = nil, environment: [String: String] = [:],
        input: [UInt8] = []
    ) throws -> Outcome {
        let folder = try TemporaryDirectory("amx-tool")
        let (inputPath, outputPath, errorPath) = (
            folder.appending("in"), folder.appending("out"), folder.appending("err")
        )
        for (path, bytes) in [(inputPath, input), (outputPath, []), (errorPath, [])] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        let reader = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputPath))
        let (output, errors) = (
            try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath)),
            try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
        )
        let process = try RunningProgram(
            program, arguments, in: directory, environment: environment, input: reader.fileDescriptor,
            output: output.fileDescriptor, errors: errors.fileDescriptor)
        let status = process.waitUntilExit()
        return Outcome(
            status: status, output: Array(try Data(contentsOf: URL(fileURLWithPath: outputPath))),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errorPath)), as: UTF8.self))
    }

    /// Writes a file that is to be run, with a mode.
    ///
    /// Another process writes it: one that this process starts meanwhile has for a moment all that this one has open, and a file that
    /// somebody has open for writing cannot be run ("Text file busy").
    public static func install(_ content: some Sequence<UInt8>, at path: String, mode: Int = 0o755) throws {
        let lines = #"rm -f "$1" && cat > "$1" && chmod "$2" "$1""#
        let outcome = try run("/bin/sh", ["-c", lines, "sh", path, String(mode, radix: 8)], input: Array(content))
        guard outcome.status == 0 else { throw Failure(description: "cannot write \(path): \(outcome.errors)") }
    }

    /// Runs `git` in a directory, expects success, and returns its standard output without the final newline.
    @discardableResult
    public static func git(
        _ arguments: [String], in directory: String, environment: [String: String] = [:], input: [UInt8] = []
    ) throws -> String {
        let outcome = try run(
            "git", arguments, in: directory, environment: gitEnvironment.merging(environment) { $1 }, input: input)
        guard outcome.status == 0 else {
            throw Failure(description: "git \(arguments.joined(separator: " ")): \(outcome.status): \(outcome.errors)")
        }
        var text = outcome.text
        if text.hasSuffix("\n") { text.removeLast() }
        return text
    }

    /// Whether a program can be found on PATH.
    public static func exists(_ program: String) -> Bool {
        (try? run("sh", ["-c", "command -v \(program)"]).status) == 0
    }
}
