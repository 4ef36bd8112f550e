import CLinux
import Foundation
import Glibc

/// Runs a program to its end and tells how long that took.
struct Program {
    /// Over the current environment.
    var environment: [String: String] = [:]

    /// A program that ended with a failure.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a program; returns the milliseconds from its start to its end, and throws when it fails.
    ///
    /// Foundation's `Process` notices an end up to 50 ms late, so this one spawns and waits itself.
    @discardableResult
    func run(_ path: String, _ arguments: [String], in directory: String? = nil) throws -> Double {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in 0...2 as ClosedRange<Int32> {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        if let directory { amx_spawn_change_directory(&actions, directory) }
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = merged.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        let clock = ContinuousClock()
        let start = clock.now
        var process: pid_t = 0
        guard posix_spawn(&process, path, &actions, nil, argv, envp) == 0 else {
            throw Failure(description: "cannot run \(path)")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
        let elapsed = clock.now - start
        guard status == 0 else {
            let words = ([path] + arguments).joined(separator: " ")
            throw Failure(description: "\(words) ended with status \(status)")
        }
        return Double(elapsed.components.seconds) * 1e3 + Double(elapsed.components.attoseconds) / 1e15
    }

    /// Starts a program that goes on; returns it and the first line of its standard output.
    func start(_ path: String, _ arguments: [String]) throws -> (process: Process, line: String) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var bytes: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A { bytes.append(byte) }
        return (process, String(decoding: bytes, as: UTF8.self))
    }

    /// Runs a program and returns its standard output without the final newline.
    func read(_ path: String, _ arguments: [String], in directory: String? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(filePath: directory) }
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "\(path) failed") }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
