import ArgumentParser
import Foundation

/// `amx-bench scale`: one workspace and one hub with very many small capsules.
struct Scale: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure commands on a workspace of thousands of capsules.",
        discussion: """
            Makes the capsules, commits and pushes them (which takes minutes), and then measures commands that have nothing to do. \
            Each was run once before, so that caches are there.

            With --git, each capsule is also a clone of its own, in which git pulls: one process after the other.

            Example:
              amx-bench scale --capsules 10000 --in /dev/shm
              amx-bench scale --capsules 100 --git
            """)

    @Option(help: "How many capsules.")
    var capsules = 10_000

    @Option(help: "How often each command runs.")
    var rounds = 11

    @Option(name: .customLong("in"), help: "The folder for the data; by default that for temporary files.")
    var place: String?

    @Flag(help: "Pull with git, too, in as many clones.")
    var git = false

    func validate() throws {
        guard capsules > 0, rounds > 0 else { throw ValidationError("--capsules and --rounds must be at least 1") }
    }

    func run() throws {
        let hub = try BenchHub(in: place ?? FileManager.default.temporaryDirectory.path)
        defer { hub.cleanUp() }
        let workspace = "\(hub.folder)/work"
        for (key, value) in [("user.name", "Bench"), ("user.email", "bench@example.com")] {
            try hub.program.run("/usr/bin/env", ["git", "config", "--global", key, value])
        }
        try hub.program.run(hub.amx, ["init", workspace])
        try hub.program.run(hub.amx, ["remote", "add", "origin", hub.owner], in: workspace)
        for index in 0..<capsules {
            let folder = "\(workspace)/knowledge/capsules/c\(index)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let manifest = "{\"id\": \"c\(index)\", \"name\": \"Bench\", \"version\": \"1.0.0\"}\n"
            try Data(manifest.utf8).write(to: URL(filePath: "\(folder)/manifest.json"))
        }
        print("| \(capsules) capsules | seconds |")
        print("|---|---|")
        for (name, words) in [("commit of all", ["commit", "-q", "-m", "Start"]), ("push of all", ["push", "-q"])] {
            print("| \(name) | \(Self.text(try hub.program.run(hub.amx, words, in: workspace))) |")
        }
        let clone = try hub.program.run(hub.amx, ["clone", "-q", "\(hub.owner)/work", "\(hub.folder)/copy"])
        print("| clone of all | \(Self.text(clone)) |")
        if git { try pullWithGit(hub) }
        for command in ["pull", "fetch", "status"] {
            try hub.program.run(hub.amx, [command], in: workspace)
            let times = try (0..<rounds).map { _ in try hub.program.run(hub.amx, [command], in: workspace) }
            print("| `amx \(command)`, nothing new | \(Self.text(times.sorted()[rounds / 2])) |")
        }
    }

    private func pullWithGit(_ hub: BenchHub) throws {
        let header = "http.extraHeader=Authorization: Bearer \(hub.token)"
        let clones = (0..<capsules).map { "\(hub.folder)/git/c\($0)" }
        for index in 0..<capsules {
            let words = ["git", "-c", header, "clone", "-q", "\(hub.owner)/c\(index).git", clones[index]]
            try hub.program.run("/usr/bin/env", words)
        }
        let times = try (0..<rounds).map { _ in
            try clones.reduce(0) { sum, clone in
                try sum + hub.program.run("/usr/bin/env", ["git", "-c", header, "pull", "-q"], in: clone)
            }
        }
        print("| `git pull` in each, nothing new | \(Self.text(times.sorted()[rounds / 2])) |")
    }

    /// Milliseconds as seconds.
    private static func text(_ milliseconds: Double) -> String { String(format: "%.2f", milliseconds / 1000) }
}
