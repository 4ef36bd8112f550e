import Foundation
import TestSupport
import Testing

/// 64 writers at once on one branch, at every place that has one: exactly one of them moves it, and nobody's work is lost.
@Suite(.onTestThreads) struct ManyWritersTests {
    private static let writers = 64
    private static let rounds = 2

    /// A program that takes part.
    private struct Writer {
        let program: String
        let arguments: [String]
        let directory: String
        let environment: [String: String]
    }

    /// Starts all of them before any has ended, and waits.
    private func run(_ writers: [Writer]) throws -> [Tool.Outcome] {
        let folder = try TemporaryDirectory("amx-e2e-writers")
        var running: [(program: RunningProgram, file: String)] = []
        for (number, writer) in writers.enumerated() {
            let file = try folder.write("\(number)", text: "")
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
            running.append(
                (
                    try RunningProgram(
                        writer.program, writer.arguments, in: writer.directory, environment: writer.environment,
                        output: handle.fileDescriptor, errors: handle.fileDescriptor), file
                ))
            try handle.close()
        }
        return try running.map { program, file in
            let status = program.waitUntilExit()
            return Tool.Outcome(status: status, output: [], errors: try String(contentsOfFile: file, encoding: .utf8))
        }
    }

    /// The one that came through; all others must have been told why not.
    private func winner(
        _ outcomes: [Tool.Outcome], loses status: Int32, saying words: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> Int? {
        let winners = outcomes.indices.filter { outcomes[$0].status == 0 }
        #expect(winners.count == 1, "\(outcomes.map(\.status))", sourceLocation: sourceLocation)
        for outcome in outcomes where outcome.status != 0 {
            #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: sourceLocation)
            #expect(
                words.contains { outcome.errors.contains($0) }, "\(outcome.errors)", sourceLocation: sourceLocation)
        }
        return winners.first
    }

    /// Commits of 64 writers, each on what the branch is now.
    private func commits(in work: GitCopy, after parent: String, round: Int) throws -> [String] {
        try (0..<Self.writers).map { number in
            try Tool.git(
                ["commit-tree", "\(parent)^{tree}", "-p", parent, "-m", "Round \(round), writer \(number)"],
                in: work.path)
        }
    }

    private func check(_ repository: String, holds commit: String) throws {
        #expect(try Tool.git(["rev-parse", "refs/heads/main"], in: repository) == commit)
        let fsck = try Tool.run(
            "git", ["fsck", "--strict", "--full"], in: repository, environment: Tool.gitEnvironment)
        #expect(fsck.status == 0 && !fsck.text.contains("missing"), "\(fsck.text)\(fsck.errors)")
    }

    @Test func pushByGitToAHub() throws {
        let hub = try HubProcess()
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        var head = try work.head
        for round in 1...Self.rounds {
            let commits = try commits(in: work, after: head, round: round)
            let outcomes = try run(
                commits.map { commit in
                    Writer(
                        program: "git", arguments: ["push", hub.address("demo"), "\(commit):refs/heads/main"],
                        directory: work.path, environment: Tool.gitEnvironment)
                })
            let won = winner(outcomes, loses: 1, saying: ["fetch first", "non-fast-forward", "[rejected]"])
            head = commits[try #require(won)]
            try hub.check("demo")
            try check(hub.repository("demo"), holds: head)
        }
        #expect(try Tool.git(["rev-list", "--count", "main"], in: hub.repository("demo")) == "\(Self.rounds + 1)")
        try hub.checkAll()
    }

    private enum Place: CaseIterable { case hub, path }

    @Test(arguments: Place.allCases) private func pushByAmx(_ place: Place) throws {
        let hub = try HubProcess()
        let user = try AmxTool("Ada", token: hub.token)
        let shelf = user.home.appending("shelf")
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        try Tool.git(["clone", "--quiet", "--bare", work.path, "\(shelf)/demo.git"], in: user.home.path)
        let there = place == .hub ? hub.repository("demo") : "\(shelf)/demo.git"
        let first = try user.workspace("0", remote: place == .hub ? hub.remote : shelf)
        try first.json("pull", "origin", "demo")
        for number in 1..<Self.writers {
            let copied = try Tool.run("cp", ["-a", first.directory, user.home.appending("\(number)")])
            #expect(copied.status == 0)
        }
        let tools = (0..<Self.writers).map { user.at(user.home.appending("\($0)")) }
        var head = try work.head
        for round in 1...Self.rounds {
            let commits = try commits(in: work, after: head, round: round)
            // Everybody has all of them, and another one on the branch.
            let pack = try Tool.run(
                "git", ["pack-objects", "--revs", "--stdout", "-q"], in: work.path, environment: Tool.gitEnvironment,
                input: Array(commits.map { "\($0)\n" }.joined().utf8))
            for (tool, commit) in zip(tools, commits) {
                let repository = tool.repository("demo")
                try Tool.git(["unpack-objects", "-q"], in: repository, input: pack.output)
                try Tool.git(["update-ref", "refs/heads/main", commit], in: repository)
            }
            let outcomes = try run(
                tools.map { tool in
                    Writer(
                        program: Executables.amx, arguments: ["push", "origin", "demo"], directory: tool.directory,
                        environment: tool.environment)
                })
            let won = winner(
                outcomes, loses: 6,
                saying: ["non-fast-forward", "fetch first", "stale info", "failed to update ref", "has changed"])
            head = commits[try #require(won)]
            try check(there, holds: head)
            // What was refused is where it was made.
            for (tool, commit) in zip(tools, commits) {
                #expect(try Tool.git(["rev-parse", "refs/heads/main"], in: tool.repository("demo")) == commit)
            }
        }
        #expect(try Tool.git(["rev-list", "--count", "main"], in: there) == "\(Self.rounds + 1)")
        if place == .hub { try hub.check("demo") }
    }

    /// In one workspace the writers wait for each other: one change makes one commit.
    @Test func commitInOneWorkspace() throws {
        let ada = try AmxTool("Ada").workspace()
        try ada.newCapsule("demo")
        for round in 1...Self.rounds {
            try ada.write("demo", "knowledge/\(round).md", "\(round)\n")
            let outcomes = try run(
                (0..<Self.writers).map { number in
                    Writer(
                        program: Executables.amx,
                        arguments: ["commit", "demo", "-m", "Round \(round), writer \(number)", "--json"],
                        directory: ada.directory, environment: ada.environment)
                })
            let made = try outcomes.filter { outcome in
                // Whoever has waited for too long is told so.
                #expect(outcome.status == 0 || outcome.status == 6, "\(outcome.errors)")
                guard outcome.status == 0 else { return false }
                return try !JSONNode(Array(outcome.errors.utf8))["commits"].array.isEmpty
            }
            #expect(made.count == 1)
            #expect(try ada.json("log", "demo")["commits"].array.count == round + 1)
            try ada.check("demo")
        }
        #expect(try ada.json("status")["capsules"][0]["state"].string == "clean")
    }
}
