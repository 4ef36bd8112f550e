import Foundation
import HubServer
import TestSupport

/// The `amx-hub` that was built beside the tests, as a process.
final class HubProcess: Sendable {
    /// Where the program is.
    static let program =
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        .map { $0.bundleURL.deletingLastPathComponent().appendingPathComponent("amx-hub").path }
        ?? Bundle.main.bundleURL.appendingPathComponent("amx-hub").path

    private let folder: TemporaryDirectory
    private let process: RunningProgram
    private let output = Pipe()
    private let logPath: String

    /// Starts to serve the data directory in a folder, after making it the first time.
    init(_ folder: TemporaryDirectory) throws {
        self.folder = folder
        let data = folder.appending("data")
        if !FileManager.default.fileExists(atPath: data) {
            let made = try Tool.run(Self.program, ["init", "--data", data, "--owner", "acme", "--json"])
            guard made.status == 0 else { throw TestFailure(description: made.errors) }
            try folder.write("init.json", made.output)
        }
        logPath = folder.appending("log-\(UUID().uuidString)")
        try Data().write(to: URL(fileURLWithPath: logPath))
        let errors = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        process = try RunningProgram(
            Self.program, ["serve", "--data", data, "--listen", "127.0.0.1:0"],
            output: output.fileHandleForWriting.fileDescriptor, errors: errors.fileDescriptor)
        try output.fileHandleForWriting.close()
    }

    /// The hub, once it is ready.
    func served() async throws -> ServedHub {
        let line = try await Offload.run { [output] in
            var bytes: [UInt8] = []
            while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 {
                bytes.append(byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        guard line.hasPrefix("http://127.0.0.1:") else { throw TestFailure(description: "not ready: \(line)") }
        struct Made: Decodable { let token: String }
        let made = try JSONDecoder().decode(Made.self, from: Data(folder.read("init.json")))
        let directory = try DataDirectory(existing: folder.appending("data"))
        return ServedHub(
            url: line, directory: directory, accounts: try AccountDatabase(directory), admin: made.token)
    }

    /// What it has logged so far.
    func log() throws -> String { try String(contentsOfFile: logPath, encoding: .utf8) }

    /// Sends SIGTERM.
    func terminate() { process.terminate() }

    /// Sends SIGKILL.
    func kill() { process.send(SIGKILL) }

    /// Waits for the end and returns the exit status.
    func end() async throws -> Int32 {
        try await Offload.run { [process] in
            process.waitUntilExit()
        }
    }
}
