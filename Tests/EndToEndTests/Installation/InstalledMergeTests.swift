import Foundation
import TestSupport
import Testing

/// Branches of a workspace that have other capsules installed: switched between, merged with conflicts, and pulled.
@Suite(.onTestThreads) struct InstalledMergeTests {
    /// A workspace whose branches `main` and `winter` have gone from `lib` 1.0.0 to different versions: 2.0.0 and 3.0.0.
    private static func team(_ user: AmxTool) throws -> AmxTool {
        let source = try ReleaseSource(of: user)
        for version in ["1.0.0", "2.0.0", "3.0.0"] { try source.release("lib", version) }
        let team = try user.workspace("team", remote: source.path)
        try team.json("add", "lib@>=1.0.0")
        try team.json("rollback", "lib", "1.0.0")
        try team.json("commit", "-m", "Start")
        try team.json("workspace", "switch", "winter", "--create")
        try team.json("update", "lib")
        try team.json("commit", "-m", "Winter")
        try team.json("workspace", "switch", "main")
        try team.json("rollback", "lib", "2.0.0")
        try team.json("commit", "-m", "Main")
        return team
    }

    private func check(_ tool: AmxTool, installed: [String]) throws {
        #expect(try tool.installed() == installed)
        for words in [["audit"], ["fsck"], ["install", "--frozen"]] {
            let outcome = try tool.run(words)
            #expect(outcome.status == 0, "\(words): \(outcome.text)\(outcome.errors)")
        }
        let health = try tool.json("health")["capsules"].array.map { $0["health"].string }
        #expect(health.allSatisfy { $0 == "healthy" }, "\(health)")
    }

    private func version(_ tool: AmxTool, _ id: String) throws -> String? {
        try tool.json("events", "--state", id)["states"][0]["state"]["version"].string
    }

    @Test(arguments: ["--ours", "--theirs"]) func aSideOfTheLockIsTakenAndConcluded(_ side: String) throws {
        let team = try Self.team(try AmxTool())
        #expect(try team.run("workspace", "merge", "winter").status == 6)
        let (events, operations) = (try team.eventTypes(), try team.json("undo", "--list")["operations"].array.count)
        let resolved = try team.json("workspace", "resolve", "amx.lock", side)
        #expect(resolved["conflicts"] == .array([]))
        // Nothing has moved: going back has nothing to bring back.
        #expect(try team.eventTypes() == events && version(team, "lib") == "2.0.0")
        #expect(try team.run("cat", "lib", "knowledge/notes.md").text.hasPrefix("lib 2.0.0"))
        try team.json("workspace", "merge", "--abort")
        try check(team, installed: ["lib 2.0.0"])
        #expect(try team.run("workspace", "merge", "winter").status == 6)
        try team.json("workspace", "resolve", "amx.lock", side)
        let made = try team.json("commit")
        #expect(made["workspace"]["merged"].string == "winter")
        let after = try team.json("undo", "--list")["operations"].array
        if side == "--ours" {
            #expect(made["moved"] == .array([]) && after.count == operations)
            #expect(try team.eventTypes() == events)
            return try check(team, installed: ["lib 2.0.0"])
        }
        #expect(made["moved"].array.map { $0["id"].string } == ["lib"])
        #expect(after.count == operations + 1 && after[0]["command"].string == "amx workspace merge winter")
        #expect(try team.eventTypes() == events + ["updated lib"])
        #expect(try version(team, "lib") == "3.0.0")
        try check(team, installed: ["lib 3.0.0"])
        // One step back, and forward again.
        try team.json("undo")
        #expect(try team.eventTypes() == events + ["updated lib", "rolled_back lib"])
        try check(team, installed: ["lib 2.0.0"])
        try team.json("undo")
        try check(team, installed: ["lib 3.0.0"])
        #expect(try team.json("workspace", "status")["state"].string == "clean")
    }

    /// What was edited meanwhile keeps the merge from being concluded at all.
    @Test func whatIsNotCommittedIsNotLost() throws {
        let team = try Self.team(try AmxTool())
        #expect(try team.run("workspace", "merge", "winter").status == 6)
        try team.json("edit", "lib")
        try team.write("lib", "knowledge/mine.md", "mine\n")
        try team.fails(6, "workspace", "resolve", "amx.lock", "--theirs", saying: "lib has uncommitted changes")
        try team.json("discard", "lib", "--yes")
        try team.json("workspace", "resolve", "amx.lock", "--theirs")
        try team.write("lib", "knowledge/mine.md", "mine\n")
        let (lock, events) = (team.text("amx.lock"), try team.eventTypes())
        for words in [["commit", "-m", "Both"], ["workspace", "commit"]] {
            let refused = try team.run(words)
            #expect(refused.status == 6, "\(words): \(refused.text)\(refused.errors)")
            #expect(try team.text("amx.lock") == lock && team.eventTypes() == events)
            #expect(team.text("knowledge/capsules/lib/knowledge/mine.md") == "mine\n")
        }
        try team.json("discard", "lib", "--yes")
        try team.json("commit")
        try check(team, installed: ["lib 3.0.0"])
    }

    /// A branch without a capsule is one without its files, for every command.
    @Test func whatABranchDoesNotHaveIsNotThere() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.releaseChain()
        let team = try user.workspace("team", remote: source.path)
        try team.json("commit", "-m", "Bare")
        try team.json("workspace", "switch", "rich", "--create")
        try team.json("add", "app")
        try team.json("commit", "-m", "Rich")
        let rich = try team.installed()
        let away = try team.json("workspace", "switch", "main")
        #expect(away["removed"].array.map { $0.string } == ["app", "leaf", "lib"])
        #expect(try team.installed() == [])
        try check(team, installed: [])
        try team.fails(3, "remove", "app", saying: "not required")
        #expect(try team.json("workspace", "status")["state"].string == "clean")
        #expect(try team.run("commit", "-m", "Nothing").text.contains("Nothing to commit"))
        let back = try team.json("workspace", "switch", "rich")
        #expect(back["capsules"].array.map { $0["id"].string } == ["app", "leaf", "lib"])
        #expect(back["absent"] == .array([]) && back["removed"] == .array([]))
        try check(team, installed: rich)
        #expect(try team.eventTypes().suffix(3) == ["restored app", "restored leaf", "restored lib"])
        // It is wanted on this branch after all.
        try team.json("workspace", "switch", "main")
        try team.json("unremove", "app")
        try check(team, installed: rich)
        #expect(team.text("amx.json")?.contains("app") == true)
    }

    /// What somebody has removed goes where the workspace is pulled, unless something of it would be lost.
    @Test func whatOthersHaveRemovedGoesWithAPull() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.releaseChain()
        let shared = user.home.appending("shared")
        try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
        let team = try user.workspace("team", remote: shared)
        try team.json("remote", "add", "source", source.path)
        try team.json("add", "leaf", "--remote", "source")
        try team.json("commit", "-m", "Start")
        try team.json("push")
        try user.json("clone", "\(shared)/team.git", user.home.appending("copy"))
        let copy = user.at(user.home.appending("copy"))
        try copy.json("remote", "add", "source", source.path)
        try copy.json("pull")
        #expect(try copy.installed() == ["leaf 1.0.0"])
        try team.json("remove", "leaf")
        try team.json("commit", "-m", "Without")
        try team.json("push")
        try copy.json("edit", "leaf")
        try copy.write("leaf", "knowledge/mine.md", "mine\n")
        try copy.fails(6, "pull", saying: "leaf has uncommitted changes")
        #expect(try copy.installed() == ["leaf 1.0.0?"])
        try copy.json("discard", "leaf", "--yes")
        let pulled = try copy.json("pull")
        #expect(pulled["removed"].array.map { $0.string } == ["leaf"])
        #expect(try copy.eventTypes().filter { $0 == "soft_removed leaf" }.count == 2)
        #expect(try copy.json("undo", "--list")["operations"][0]["command"].string == "amx pull")
        try check(copy, installed: [])
    }
}
