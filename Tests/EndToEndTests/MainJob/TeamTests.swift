import Foundation
import TestSupport
import Testing

/// A whole workspace is made, shared through a hub, cloned in one step, changed elsewhere and pulled back.
@Suite(.onTestThreads) struct TeamTests {
    private static let volume = """
        id: handbook
        version: 1.0.0
        title: The handbook
        capsules:
          - {id: refunds, version: 0.1.0, weight: 1.0}
          - {id: orders, version: ^0.1.0}
        structure:
          - chapter: Money
            capsules: [refunds]

        """
    private static let library = """
        {"id": "tools", "name": "Tools", "version": "1.0.0", "dependencies": {"orders": "^0.1.0"}}

        """

    private func write(_ user: AmxTool, _ path: String, _ text: String) throws {
        let file = "\(user.directory)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    /// Ada's workspace with three capsules, a volume and a library.
    private func team(remote: String?) throws -> AmxTool {
        let ada = try AmxTool("Ada").workspace("support-team", remote: remote)
        for id in ["refunds", "orders", "style"] { try ada.json("new", id) }
        try ada.json("pack", "style")
        try write(ada, "knowledge/volumes/handbook/manifest.yaml", Self.volume)
        try write(ada, "knowledge/libraries/tools/package.json", Self.library)
        try write(ada, "agents/answering.md", "Answer within a day.\n")
        let made = try ada.json("commit", "-m", "Start")
        #expect(made["commits"].array.count == 3 && made["workspace"]["id"].string == "support-team")
        return ada
    }

    /// The files of a workspace that are its own, as paths and contents.
    private func files(_ directory: String) throws -> [String: Data] {
        var result: [String: Data] = [:]
        let enumerator = FileManager.default.enumerator(atPath: directory)
        while let path = enumerator?.nextObject() as? String {
            let isForeign = [".aimatrix", ".git", "knowledge/capsules"].contains {
                path == $0 || path.hasPrefix("\($0)/")
            }
            guard !isForeign, enumerator?.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            result[path] = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(path)"))
        }
        return result
    }

    private func checkWorkspace(_ user: AmxTool) throws {
        let outcome = try Tool.run(
            "git", ["fsck", "--strict", "--full"], in: "\(user.directory)/.aimatrix/workspace.git",
            environment: Tool.gitEnvironment)
        #expect(outcome.status == 0 && !outcome.text.contains("missing"), "\(outcome.text)\(outcome.errors)")
        for capsule in try user.json("status")["capsules"].array {
            let id = try #require(capsule["id"].string)
            #expect(capsule["state"].string == "clean", "\(id)")
            try user.check(id)
        }
        #expect(try user.json("workspace", "status")["state"].string == "clean")
    }

    @Test func sharesAWorkspaceAsAUnit() throws {
        let hub = try HubProcess()
        let ada = try team(remote: hub.remote).with(token: hub.token)
        let pushed = try ada.json("push")
        #expect(pushed["pushed"].array.count == 3)
        #expect(pushed["workspace"]["refs"][0]["status"].string == "ok")

        // In one step, without .git: everything is there, and the same.
        let guest = try AmxTool("Grace", token: hub.token)
        let cloned = try guest.json("clone", "\(hub.remote)/support-team")
        #expect(cloned["kind"].string == "workspace" && cloned["capsules"].array.count == 3)
        let grace = guest.at(guest.home.appending("support-team"))
        #expect(try files(grace.directory) == files(ada.directory))
        for id in ["refunds", "orders", "style"] { #expect(try grace.show(id) == ada.show(id)) }
        #expect(try DigestOracle.digest(directory: grace.capsule("refunds")) == ada.show("refunds").digest)
        try checkWorkspace(grace)

        // Plain git sees the same files.
        let copy = try GitCopy(cloning: hub.address("support-team"))
        #expect(try files(copy.path) == files(ada.directory))

        // Grace changes a capsule, makes one, and writes; Ada pulls all of that.
        try grace.write("refunds", "knowledge/rules.md", "Within 30 days.\n")
        try grace.json("new", "returns")
        try write(grace, "agents/returning.md", "Ask for the label.\n")
        try grace.json("commit", "-m", "Returns")
        try grace.json("push")
        let pulled = try ada.json("pull")
        #expect(pulled["workspace"]["result"].string == "fast-forward")
        let results = Dictionary(
            pulled["pulled"].array.map { ($0["id"].string ?? "", $0["result"].string ?? "") }, uniquingKeysWith: { $1 })
        #expect(results["returns"] == "new" && results["refunds"] == "fast-forward" && results["style"] == "up-to-date")
        #expect(try files(grace.directory) == files(ada.directory))
        for id in ["refunds", "orders", "style", "returns"] { #expect(try grace.show(id) == ada.show(id)) }
        #expect(FileManager.default.fileExists(atPath: ada.capsule("returns")))
        try checkWorkspace(ada)
        try hub.check("support-team")
        try hub.checkAll()

        // A workspace is none of the owner's capsules, and its address takes no capsule.
        let answer = try WebRequest.send(
            "GET", hub.url, "/api/v1/owners/acme/capsules", ["Authorization: Bearer \(hub.token)"])
        let listed = try JSONNode(answer.body)
        #expect(listed["capsules"].array.compactMap { $0["name"].string } == ["orders", "refunds", "returns", "style"])
        #expect(listed["workspaces"].array.compactMap { $0["name"].string } == ["support-team"])
        let intruder = try GitCopy(capsule: "support-team")
        let refused = try Tool.run(
            "git", ["push", hub.address("support-team"), "main:refs/heads/capsule"], in: intruder.path,
            environment: Tool.gitEnvironment)
        #expect(refused.status != 0 && refused.errors.contains("this is the repository of the workspace support-team"))
        let turned = try Tool.run(
            "git", ["push", hub.address("refunds"), "main:refs/heads/team"], in: copy.path,
            environment: Tool.gitEnvironment)
        #expect(turned.status != 0 && turned.errors.contains("is of a workspace"))
    }

    @Test func sharesByPathAndRefusesTheCurrentBranch() throws {
        let ada = try team(remote: nil)
        let grace = try AmxTool("Grace").at(ada.home.path)
        #expect(try grace.json("clone", ada.directory, "copy")["capsules"].array.count == 3)
        let copy = grace.at(ada.home.appending("copy"))
        #expect(try files(copy.directory) == files(ada.directory))
        try write(copy, "agents/more.md", "More.\n")
        try copy.json("commit", "-m", "More")
        try copy.fails(6, "push", saying: "it is the current branch there")
        #expect(try ada.json("workspace", "log")["commits"].array.count == 1)

        // A folder of bare repositories takes all of it.
        let bare = try TemporaryDirectory("amx-bare")
        try copy.json("remote", "add", "bare", bare.path)
        try copy.json("push", "bare")
        let third = try AmxTool("Third")
        try third.json("clone", "\(bare.path)/support-team.git", "third")
        #expect(try files(third.home.appending("third")) == files(copy.directory))
        // Diverged histories stay apart.
        try write(ada, "agents/other.md", "Other.\n")
        try ada.json("commit", "-m", "Other")
        try ada.json("remote", "add", "bare", bare.path)
        try ada.fails(6, "push", "bare", saying: "non-fast-forward")
        try ada.fails(6, "pull", "bare", saying: "diverged")
    }

    @Test func refusesALockThatIsNotTrue() throws {
        let hub = try HubProcess()
        let ada = try team(remote: hub.remote).with(token: hub.token)
        try ada.json("push")
        let copy = try GitCopy(cloning: hub.address("support-team"))
        let lock = try String(contentsOfFile: "\(copy.path)/amx.lock", encoding: .utf8)
        let digest = try ada.show("orders").digest
        try copy.write(
            "amx.lock", lock.replacingOccurrences(of: digest, with: "sha256:" + String(repeating: "0", count: 64)))
        try copy.commit("Lie")
        try copy.git("push", "--quiet", "origin", "main")
        let guest = try AmxTool("Grace", token: hub.token)
        try guest.fails(5, "clone", "\(hub.remote)/support-team.git", saying: "is not what amx.lock says")
        #expect(!FileManager.default.fileExists(atPath: guest.home.appending("support-team")))
        // What is not valid does not even get there.
        for (file, text) in [
            ("amx.lock", "{}"), ("amx.json", "{\"name\": \"other\"}"), ("knowledge/capsules/x/a.md", "x"),
            (
                "knowledge/volumes/handbook/manifest.yaml",
                Self.volume.replacingOccurrences(of: "[refunds]", with: "[intro]")
            ),
        ] {
            let bad = try GitCopy(cloning: hub.address("support-team"))
            try bad.write(file, text)
            try bad.commit("Bad")
            let outcome = try Tool.run(
                "git", ["push", "origin", "main:refs/heads/bad"], in: bad.path, environment: Tool.gitEnvironment)
            #expect(outcome.status != 0 && outcome.errors.contains("remote rejected"), "\(file): \(outcome.errors)")
        }
    }

    @Test func isOldOrNewWhenKilled() throws {
        let hub = try HubProcess()
        let ada = try team(remote: hub.remote).with(token: hub.token)
        try ada.json("push")
        let guest = try AmxTool("Grace", token: hub.token)
        try guest.json("clone", "\(hub.remote)/support-team")
        let grace = guest.at(guest.home.appending("support-team"))
        var generator = SeededGenerator(seed: 77)
        for round in 1...8 {
            for id in ["refunds", "orders"] { try ada.write(id, "knowledge/round.md", "\(round)\n") }
            try write(ada, "agents/round.md", "\(round)\n")
            let before = try ada.json("workspace", "log")["commits"].array.count
            let old = try ["refunds", "orders"].map { try ada.show($0).commit }
            try kill(["commit", "-m", "Round \(round)"], of: ada, within: 3_000...90_000, &generator)
            // All commits or none.
            let new = try ["refunds", "orders"].map { try ada.show($0).commit }
            let count = try ada.json("workspace", "log")["commits"].array.count - before
            #expect(new == old ? count == 0 : (zip(new, old).allSatisfy { $0 != $1 } && count == 1), "round \(round)")
            try ada.json("commit", "-m", "Round \(round) again")
            try checkWorkspace(ada)
            try ada.json("push")
            try kill(["pull"], of: grace, within: 5_000...150_000, &generator)
            #expect(try grace.json("workspace", "status")["state"].string == "clean")
            try grace.json("pull")
            #expect(try files(grace.directory) == files(ada.directory))
            for id in ["refunds", "orders"] { #expect(try grace.show(id) == ada.show(id)) }
            try checkWorkspace(grace)
        }
    }

    private func kill(
        _ arguments: [String], of user: AmxTool, within times: ClosedRange<UInt32>, _ generator: inout SeededGenerator
    ) throws {
        let process = try RunningProgram(
            Executables.amx, arguments + ["--quiet"], in: user.directory, environment: user.environment)
        usleep(UInt32.random(in: times, using: &generator))
        process.send(SIGKILL)
        process.waitUntilExit()
    }
}
