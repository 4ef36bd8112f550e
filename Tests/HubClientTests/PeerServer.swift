import Foundation
import TestSupport

/// A small HTTP server in Python that a test starts on a free port of the loopback and that ends with its owner.
final class PeerServer: Sendable {
    /// The port that it listens on.
    let port: Int
    /// Where it writes one line for each request.
    let log: String
    private let process: RunningProgram
    private let input: Pipe
    private let folder: TemporaryDirectory

    /// Starts a script, which prints its port in one line and ends when its standard input closes.
    init(script: String, arguments: [String] = [], environment: [String: String] = [:]) throws {
        folder = try TemporaryDirectory("amx-peer")
        log = folder.appending("log")
        let file = try folder.write("server.py", text: script)
        input = Pipe()
        let output = Pipe()
        process = try RunningProgram(
            "python3", [file, log] + arguments, environment: Tool.gitEnvironment.merging(environment) { $1 },
            input: input.fileHandleForReading.fileDescriptor, output: output.fileHandleForWriting.fileDescriptor,
            errors: 2)
        try output.fileHandleForWriting.close()
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        guard let port = Int(String(decoding: line, as: UTF8.self)) else {
            process.terminate()
            throw CocoaError(.executableLoad)
        }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }

    /// The lines that it has logged so far.
    func requests() throws -> [String] {
        guard FileManager.default.fileExists(atPath: log) else { return [] }
        return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
