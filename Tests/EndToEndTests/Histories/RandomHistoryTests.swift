import Foundation
import TestSupport
import Testing

/// Random histories pushed by git and pulled by amx, and the other way round, through the hub and through plain servers.
@Suite(.onTestThreads) struct RandomHistoryTests {
    private func importing(_ history: String, into repository: String, marks: String) throws {
        let options = FileManager.default.fileExists(atPath: marks) ? ["--import-marks=\(marks)"] : []
        try Tool.git(
            ["fast-import", "--quiet", "--force", "--export-marks=\(marks)"] + options, in: repository,
            input: Array(history.utf8))
    }

    private func refs(_ repository: String, _ prefixes: String...) throws -> [String] {
        try Tool.git(["for-each-ref", "--format=%(refname) %(objectname)"] + prefixes, in: repository)
            .split(separator: "\n").map(String.init)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func pulledByAmxAsPushedByGit(seed: UInt64) throws {
        let hub = try HubProcess()
        let folder = try TemporaryDirectory("amx-e2e-history")
        let source = folder.appending("source.git")
        try Tool.git(["init", "--quiet", "--bare", "--initial-branch=main", source], in: folder.path)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        var history = RandomHistory(seed: seed, id: "demo")
        for round in 0..<4 {
            try importing(history.steps(round == 0 ? 60 : 15), into: source, marks: folder.appending("marks"))
            try Tool.git(["push", "--quiet", "--all", hub.address("demo")], in: source)
            try Tool.git(["push", "--quiet", "--tags", hub.address("demo")], in: source)
            try grace.json("pull", "origin", "demo")
            #expect(
                try refs(grace.repository("demo"), "refs/remotes/origin", "refs/tags")
                    == refs(source, "refs/heads", "refs/tags").map {
                        $0.replacingOccurrences(of: "refs/heads/", with: "refs/remotes/origin/")
                    })
            let (commit, digest) = try grace.show("demo")
            #expect(try commit == Tool.git(["rev-parse", "main"], in: source))
            #expect(try digest == DigestOracle.digest(repository: source, revision: "main"))
            try grace.check("demo")
        }
        #expect(
            try grace.json("log", "demo")["commits"].array.count.description
                == Tool.git(["rev-list", "--count", "main"], in: source))
        for branch in history.branches {
            #expect(
                try grace.show("demo@origin/\(branch)").digest
                    == DigestOracle.digest(repository: source, revision: branch))
        }
        try hub.check("demo")
        #expect(try grace.json("verify", "demo")["results"].array.allSatisfy { $0["ok"].bool == true })
    }

    @Test(arguments: 11...13 as ClosedRange<UInt64>) func clonedByGitAsPushedByAmx(seed: UInt64) throws {
        let hub = try HubProcess()
        let server = try GitBackendProcess()
        try server.create("demo")
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.json("remote", "add", "plain", server.url)
        var generator = SeededGenerator(seed: seed)
        try ada.newCapsule("demo")
        var branches = ["main"]
        for step in 1...10 {
            if step % 4 == 0 {
                let name = "branch-\(step)"
                try ada.json("switch", "demo", name, "--create")
                branches.append(name)
            } else if step % 5 == 0 {
                try ada.json("switch", "demo", "main")
            }
            for _ in 0..<3 {
                let file = "knowledge/\(generator.next() % 9).md"
                try ada.write("demo", file, "\(generator.next())\n", executable: generator.next() % 4 == 0)
            }
            try ada.json("commit", "-m", "Step \(step)")
            if step % 3 == 0 { try ada.json("push", "origin", "demo", "--all") }
        }
        try ada.json("push", "origin", "demo", "--all")
        try ada.json("push", "plain", "demo", "--all")
        let expected = try refs(ada.repository("demo"), "refs/heads", "refs/tags")
        #expect(expected.count == branches.count)
        #expect(try refs(hub.repository("demo"), "refs/heads", "refs/tags") == expected)
        #expect(try refs(server.repository("demo"), "refs/heads", "refs/tags") == expected)
        let clone = try GitCopy(cloning: hub.address("demo"))
        for branch in branches {
            #expect(try clone.digest("origin/\(branch)") == ada.show("demo@\(branch)").digest)
        }
        try hub.check("demo")
        try Tool.git(["fsck", "--strict"], in: server.repository("demo"))
    }
}
