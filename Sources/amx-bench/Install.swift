import ArgumentParser
import Foundation

/// `amx-bench install`: choosing and bringing capsules, as whole processes.
struct Install: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Measure installing from a folder of repositories.",
        discussion: """
            Makes a folder of bare repositories with git, each with several releases that require others, and a workspace that requires \
            ten of them. "cold" is without anything read before, "warm" with the tables of releases; neither has anything installed.
            With --server git the repositories are behind `git http-backend`; then "cold" has none of them here either.

            Example:
              amx-bench install --repositories 47 --releases 10
              amx-bench install --server git
            """)

    @Option(help: "How many repositories.") var repositories = 47
    @Option(help: "How many releases each of them has.") var releases = 10
    @Option(help: "How often each command runs.") var rounds = 11
    @Option(help: "What serves the repositories: none, or git.") var server = Server.none
    @Option(name: .customLong("in"), help: "The folder for the data; by default that for temporary files.")
    var place: String?

    /// What stands in front of the repositories.
    enum Server: String, ExpressibleByArgument { case none, git }

    func validate() throws {
        guard repositories > 0, releases > 0, rounds > 0 else {
            throw ValidationError("--repositories, --releases and --rounds must be at least 1")
        }
    }

    func run() throws {
        let base = place ?? FileManager.default.temporaryDirectory.path
        let folder = "\(base)/amx-bench-install-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let executable = Bundle.main.executableURL?.deletingLastPathComponent().path ?? "."
        let (amx, program) = ("\(executable)/amx", Program(environment: ["HOME": folder, "XDG_CONFIG_HOME": folder]))
        for index in 0..<repositories { try makeRepository(index, in: "\(folder)/remotes", program) }
        let workspace = "\(folder)/work"
        try program.run(amx, ["init", workspace])
        for setting in [["user.name", "Bench"], ["user.email", "bench@example.com"]] {
            try program.run(amx, ["config"] + setting, in: workspace)
        }
        let git = server == .git ? try GitServer(over: "\(folder)/remotes", in: folder, program) : nil
        defer { git?.cleanUp() }
        try program.run(amx, ["remote", "add", "origin", git?.address ?? "\(folder)/remotes"], in: workspace)
        let required = (max(0, repositories - 10)..<repositories).map { "\"c\($0)\": \"^1.0.0\"" }
        let manifest = "{\"name\": \"work\", \"dependencies\": {\(required.joined(separator: ", "))}}\n"
        try Data(manifest.utf8).write(to: URL(filePath: "\(workspace)/amx.json"))

        print("| \(repositories) repositories, \(releases) releases each | ms |\(git == nil ? "" : " requests |")")
        print("|---|---|\(git == nil ? "" : "---|")")
        func row(
            _ name: String, _ words: [String], rounds: Int = rounds, before: () throws -> Void = {}
        ) throws {
            var requests = 0
            let times = try (0..<rounds).map { _ in
                try before()
                let answered = git?.requests ?? 0
                defer { requests = (git?.requests ?? 0) - answered }
                return try program.run(amx, words, in: workspace)
            }
            let time = String(format: "%.1f", times.sorted()[rounds / 2])
            print("| \(name) | \(time) |\(git == nil ? "" : " \(requests) |")")
        }
        try row("`amx install --dry-run`, cold", ["install", "--dry-run"]) {
            for folder in ["cache", "incoming"] {
                try? FileManager.default.removeItem(atPath: "\(workspace)/.aimatrix/\(folder)")
            }
        }
        try row("`amx install --dry-run`, warm", ["install", "--dry-run"])
        try row("`amx install`, the first", ["install", "-q"], rounds: 1)
        try row("`amx install`, unchanged lock", ["install"])
        try row("`amx install --frozen`, unchanged lock", ["install", "--frozen"])
        try row("`amx update --dry-run`, nothing newer", ["update", "--dry-run"])
        try row("`amx tree`", ["tree"])
    }

    /// A bare repository whose releases require up to three capsules of lower numbers.
    private func makeRepository(_ index: Int, in folder: String, _ program: Program) throws {
        let path = "\(folder)/c\(index).git"
        try program.run("/usr/bin/env", ["git", "init", "-q", "--bare", "-b", "main", path])
        var stream = ""
        for release in 0..<releases {
            let version = "1.\(release).0"
            let needed = (1...3).map { index - $0 * 3 }.filter { $0 >= 0 }
            let dependencies = needed.map { "\"c\($0)\": \"^1.\(release / 2).0\"" }.joined(separator: ", ")
            let manifest =
                "{\"id\": \"c\(index)\", \"name\": \"Bench\", \"version\": \"\(version)\", \"dependencies\": {\(dependencies)}}\n"
            stream += "commit refs/heads/main\ncommitter B <b@example.com> \(1_700_000_000 + release) +0000\n"
            stream += "data 2\nx\nM 100644 inline manifest.json\ndata \(manifest.utf8.count)\n\(manifest)\n"
            stream += "tag v\(version)\nfrom refs/heads/main\ntagger B <b@example.com> 1700000000 +0000\ndata 2\nx\n\n"
        }
        let input = "\(path)/stream"
        try Data(stream.utf8).write(to: URL(filePath: input))
        try program.run(
            "/bin/sh",
            [
                "-c",
                "git fast-import --quiet < stream && git pack-refs --all && git config uploadpack.allowFilter true",
            ],
            in: path)
    }
}
