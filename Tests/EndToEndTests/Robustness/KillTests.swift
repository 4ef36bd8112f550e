import Foundation
import TestSupport
import Testing

/// Processes killed at random points: what was is still there, or what was to be is, and the next try works.
@Suite(.onTestThreads) struct KillTests {
    /// Starts a program without waiting for it.
    private func start(
        _ program: String, _ arguments: [String], in directory: String, environment: [String: String]
    ) throws -> RunningProgram {
        try RunningProgram(
            program, arguments, in: directory, environment: environment)
    }

    private func noise(_ generator: inout SeededGenerator, _ count: Int) -> String {
        Data(generator.bytes(count)).base64EncodedString()
    }

    @Test func losesNothingWhenTheHubIsKilled() throws {
        let hub = try HubProcess()
        let work = try GitCopy(capsule: "demo")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        var generator = SeededGenerator(seed: 41)
        var (killedBefore, killedAfter) = (0, 0)
        for round in 1...14 {
            let old = try hub.refs("demo")
            try work.write("knowledge/noise-\(round).txt", noise(&generator, 40_000))
            let commit = try work.commit("Round \(round)")
            let push = try start(
                "git", ["push", "--quiet", hub.address("demo"), "main", "main:branch-\(round)"], in: work.path,
                environment: Tool.gitEnvironment)
            usleep(UInt32.random(in: 8_000...150_000, using: &generator))
            hub.kill()
            push.waitUntilExit()
            let new = old.merging(["refs/heads/main": commit, "refs/heads/branch-\(round)": commit]) { $1 }
            let found = try hub.refs("demo")
            #expect(found == old || found == new, "round \(round)")
            if found == new { killedAfter += 1 } else { killedBefore += 1 }
            // An acknowledged push is never lost.
            if push.waitUntilExit() == 0 { #expect(found == new, "round \(round)") }
            try hub.start()
            try work.git("push", "--quiet", hub.address("demo"), "main", "main:branch-\(round)")
            #expect(try hub.refs("demo") == new)
            // What a push left that was killed behind its last step goes with the next push.
            try hub.check("demo", allowingLeftovers: found == new)
        }
        try work.git("push", "--quiet", hub.address("demo"), "main:last")
        try work.commit("Last")
        try work.git("push", "--quiet", hub.address("demo"), "main")
        try hub.check("demo")
        #expect(killedBefore > 0, "every kill came too late: \(killedAfter)")
        try hub.checkAll()
        #expect(try GitCopy(cloning: hub.address("demo")).digest() == work.digest())
    }

    @Test func losesNothingWhenAmxIsKilledWhilePushing() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("push")
        var generator = SeededGenerator(seed: 42)
        for round in 1...10 {
            let old = try hub.refs("demo")
            try ada.write("demo", "knowledge/noise-\(round).txt", noise(&generator, 60_000))
            try ada.json("commit", "-m", "Round \(round)")
            let commit = try ada.show("demo").commit
            let push = try start(Executables.amx, ["push"], in: ada.directory, environment: ada.environment)
            usleep(UInt32.random(in: 5_000...120_000, using: &generator))
            push.send(SIGKILL)
            push.waitUntilExit()
            #expect(try Patience.waits { try hub.leftovers().isEmpty })
            let found = try hub.refs("demo")["refs/heads/main"]
            #expect(found == old["refs/heads/main"] || found == commit)
            try ada.json("push")
            #expect(try hub.refs("demo")["refs/heads/main"] == commit)
            #expect(try ada.json("status")["capsules"][0]["ahead"].int == 0)
        }
        try hub.check("demo")
        try ada.check("demo")
    }

    @Test func isOldOrNewWhenKilledWhilePullingAndCommitting() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("push")
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        var generator = SeededGenerator(seed: 43)
        var last: (commit: String, digest: String)?
        for round in 1...8 {
            // Ada's commit is killed as well: it is there or it is not, and her files are as they were.
            let text = noise(&generator, 50_000)
            try ada.write("demo", "knowledge/noise-\(round).txt", text)
            let commit = try start(
                Executables.amx, ["commit", "-m", "Round \(round)"], in: ada.directory, environment: ada.environment)
            usleep(UInt32.random(in: 2_000...60_000, using: &generator))
            commit.send(SIGKILL)
            commit.waitUntilExit()
            try ada.check("demo")
            try ada.json("commit", "-m", "Round \(round) again")
            #expect(try ada.json("status")["capsules"][0]["state"].string == "clean")
            #expect(try ada.show("demo").digest == DigestOracle.digest(directory: ada.capsule("demo")))
            try ada.json("push")
            let wanted = try ada.show("demo")

            let pull = try start(
                Executables.amx, ["pull", "origin", "demo"], in: grace.directory, environment: grace.environment)
            usleep(UInt32.random(in: 5_000...120_000, using: &generator))
            pull.send(SIGKILL)
            pull.waitUntilExit()
            if let last {
                let found = try grace.show("demo")
                #expect(found == last || found == wanted)
            }
            try grace.json("pull", "origin", "demo")
            #expect(try grace.show("demo") == wanted)
            #expect(try grace.json("status")["capsules"][0]["state"].string == "clean")
            #expect(try grace.json("verify", "demo")["results"].array.allSatisfy { $0["ok"].bool == true })
            try grace.check("demo")
            last = wanted
            if round == 4 { try grace.json("edit", "demo") }
        }
        let store = try FileManager.default.contentsOfDirectory(atPath: "\(grace.directory)/.aimatrix/store")
        #expect(store == ["demo.git"])
        let capsules = try FileManager.default.contentsOfDirectory(atPath: "\(grace.directory)/knowledge/capsules")
        #expect(capsules == ["demo"])
    }

    @Test func removesWhatAKilledProcessLeft() throws {
        let ada = try AmxTool("Ada").workspace()
        try ada.newCapsule("demo")
        let grace = try AmxTool("Grace").workspace(remote: ada.directory)
        let ended = try start("true", [], in: grace.directory, environment: [:])
        ended.waitUntilExit()
        let (gone, store) = (ended.processIdentifier, "\(grace.directory)/.aimatrix/store")
        let left = ["\(store)/.new-\(gone)-x", "\(store)/.pull-\(gone)-x.git"]
        // Those of processes that run, and of other programs.
        let others = ["\(store)/.new-\(getpid())-x", "\(store)/.pull-\(getpid())-x.git", "\(store)/.new-x"]
        for path in left + others {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        }
        try grace.json("pull", "origin", "demo")
        #expect(left.filter { FileManager.default.fileExists(atPath: $0) } == [])
        #expect(others.filter { FileManager.default.fileExists(atPath: $0) } == others)
    }

    @Test func takesTwoWritersAtOnce() throws {
        let ada = try AmxTool("Ada").workspace()
        let ids = (1...6).map { "capsule-\($0)" }
        for id in ids { try ada.json("new", id) }
        // All of one capsule each.
        var running = try ids.map {
            try start(Executables.amx, ["commit", $0, "-m", "Own"], in: ada.directory, environment: ada.environment)
        }
        for process in running {
            process.waitUntilExit()
            #expect(process.waitUntilExit() == 0)
        }
        // All of the same capsule: one commits what there is, the others find nothing to do.
        for round in 1...3 {
            try ada.write(ids[0], "knowledge/round.md", "\(round)\n")
            running = try (1...5).map { number in
                try start(
                    Executables.amx, ["commit", "-m", "Writer \(number)"], in: ada.directory,
                    environment: ada.environment)
            }
            for process in running {
                process.waitUntilExit()
                #expect(process.waitUntilExit() == 0)
            }
            #expect(try ada.json("log", ids[0])["commits"].array.count == 1 + round)
        }
        for id in ids { try ada.check(id) }
        #expect(try ada.json("status")["capsules"].array.allSatisfy { $0["state"].string == "clean" })
    }
}
