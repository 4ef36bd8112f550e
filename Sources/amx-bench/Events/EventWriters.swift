import ArgumentParser
import Capsules
import Foundation
import Glibc
import Objects
import Workspaces

/// Several processes that append events to one workspace.
struct EventWriters {
    private let count: Int
    private let workspace: Workspace

    /// That many writers.
    init(_ count: Int, in workspace: Workspace) { (self.count, self.workspace) = (count, workspace) }

    /// How many events a second all together appended; what each says it has done is in the workspace.
    func rate(seconds: Int) throws -> Double {
        let here = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        // Time for all to have started.
        let start = MonotonicClock.nanoseconds() + 300_000_000
        let before = try last()
        var running: [(process: Process, output: Pipe)] = []
        for index in 0..<count {
            let process = Process()
            process.executableURL = URL(filePath: here)
            process.arguments = [
                "event-writer", workspace.root, "capsule-\(index)", "\(start)",
                "\(start + Int64(seconds) * 1_000_000_000)",
            ]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            running.append((process, output))
        }
        var total: Int64 = 0
        for (process, output) in running {
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            guard process.terminationStatus == 0, let count = Int64(text.trimmingCharacters(in: .newlines)) else {
                throw Program.Failure(description: "a writer ended with status \(process.terminationStatus)")
            }
            total += count
        }
        guard try last() - before == total else {
            throw Program.Failure(description: "\(total) events were appended, and \(try last() - before) are there")
        }
        return Double(total) / Double(seconds)
    }

    private func last() throws -> Int64 {
        try StateReader(workspace).states().compactMap { $0.lastEvent.split(separator: "-").last.flatMap { Int64($0) } }
            .max() ?? 0
    }
}

/// One of several writers: appends until a moment, and prints how many events it has appended.
struct EventWriter: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event-writer", abstract: "Append events: a writer of `amx-bench events`.", shouldDisplay: false)

    @Argument var workspace: String
    @Argument var capsule: String
    @Argument(help: "When to begin, in nanoseconds of the monotonic clock.") var start: Int64
    @Argument(help: "When to end.") var end: Int64

    func run() throws {
        let store = try EventStore(Workspace(root: workspace))
        let stream = EventStream(try CapsuleID(capsule), of: "acme")
        let actor = EventActor(userID: "ada@example.com", userAgent: "amx-bench")
        let wait = start - MonotonicClock.nanoseconds()
        if wait > 0 { usleep(UInt32(clamping: wait / 1000)) }
        var count = 0
        while MonotonicClock.nanoseconds() < end {
            try store.append([Self.draft(count, in: stream)], by: actor)
            count += 1
        }
        print(count)
    }

    /// An event like any other.
    static func draft(_ number: Int, in stream: EventStream) -> EventDraft {
        EventDraft(
            .updated, in: stream,
            payload: ["newVersion": .string("1.\(number + 1).0"), "oldVersion": .string("1.\(number).0")])
    }
}
