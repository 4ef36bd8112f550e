import Foundation
import TestSupport
import Testing

/// Somebody makes a capsule that only another one requires look developed, by a word in `amx.lock`: it would come without an approval.
@Suite(.onTestThreads) struct EditedLockTests {
    /// A team whose workspace `shop` requires `app`, which requires `lib`, which requires `leaf`; all lie in a folder of bare repositories.
    private struct Team {
        let ada: AmxTool
        let server: String
        let source: ReleaseSource
        let shop: AmxTool
        /// The last commit of `leaf` on its branch: where that `isWild`, nobody has released it, and it asks for much.
        let evil: (commit: String, digest: String)

        init(isWild: Bool = true) throws {
            ada = try AmxTool("Ada")
            server = ada.home.appending("server")
            try FileManager.default.createDirectory(atPath: server, withIntermediateDirectories: false)
            source = try ReleaseSource(of: ada, remote: server)
            try source.releaseChain()
            if isWild {
                try source.tool.write(
                    "leaf", "manifest.json",
                    #"{"id": "leaf", "name": "leaf", "version": "1.0.1", "mcpServers": [{"id": "db", "command": "node"}]}"#
                )
                try source.tool.json("commit", "leaf", "-m", "Evil")
            }
            evil = try source.tool.show("leaf")
            for id in ["leaf", "lib", "app"] { try source.tool.json("push", "origin", id) }
            shop = try ada.workspace("shop", remote: server)
            try shop.json("add", "app")
            try shop.json("commit", "-m", "Team")
            try shop.json("push")
        }

        func clone(_ name: String) throws -> AmxTool {
            let user = try AmxTool(name)
            try user.json("clone", "\(server)/shop", user.home.appending("shop"))
            return user.at(user.home.appending("shop"))
        }

        /// A lock in which `leaf` is at a branch: at its release, or at the commit that nobody has released.
        func forged(_ lock: String, isMoved: Bool) throws -> Data {
            var document = try #require(
                try JSONSerialization.jsonObject(with: Data(lock.utf8)) as? [String: Any])
            var entries = try #require(document["capsules"] as? [[String: Any]])
            let index = try #require(entries.firstIndex { $0["id"] as? String == "leaf" })
            entries[index]["tag"] = nil
            entries[index]["branch"] = "main"
            if isMoved {
                entries[index]["commit"] = evil.commit
                entries[index]["digest"] = evil.digest
                entries[index]["tree"] = try Tool.git(
                    ["rev-parse", "\(evil.commit)^{tree}"], in: "\(server)/leaf.git")
                entries[index]["version"] = "1.0.1"
                entries[index]["requestedBy"] = ["workspace"]
            }
            document["capsules"] = entries
            return try JSONSerialization.data(withJSONObject: document, options: [.prettyPrinted, .sortedKeys])
        }

        /// Puts a lock into the workspace on the server, as a tool without rules can.
        func publish(_ lock: Data) throws {
            let git = "\(server)/shop.git"
            let blob = try Tool.git(["hash-object", "-w", "--stdin"], in: git, input: Array(lock))
            let entries = try Tool.git(["ls-tree", "main"], in: git).split(separator: "\n").map { line in
                line.hasSuffix("\tamx.lock") ? "100644 blob \(blob)\tamx.lock" : String(line)
            }
            let tree = try Tool.git(["mktree"], in: git, input: Array((entries.joined(separator: "\n") + "\n").utf8))
            let made = try Tool.git(["commit-tree", tree, "-p", "main", "-m", "Forged"], in: git)
            try Tool.git(["update-ref", "refs/heads/main", made], in: git)
        }
    }

    /// The documents, the approvals, all working forms, and where every repository's references are.
    private func state(_ copy: AmxTool) throws -> [String: Data] {
        let paths = FileManager.default.enumerator(atPath: copy.directory)?.compactMap { $0 as? String } ?? []
        var state: [String: Data] = [:]
        for path in paths
        where !path.hasPrefix(".aimatrix/") || path.hasSuffix("packed-refs") || path.hasSuffix("approvals.json") {
            state[path] = FileManager.default.contents(atPath: "\(copy.directory)/\(path)")
        }
        return state
    }

    private static let words = "amx.lock has leaf at a branch, and amx.json does not say"

    /// Every command that goes by the lock.
    private static let commands: [[String]] = [
        ["install"], ["install", "--frozen"], ["install", "--approve"], ["install", "--offline"],
        ["install", "--dry-run"], ["install", "leaf"], ["add", "lib"], ["update"], ["update", "leaf", "--approve"],
        ["remove", "app"], ["rollback", "lib", "1.0.0"], ["unremove", "leaf"], ["undo"], ["configure", "app", "a=1"],
        ["outdated"], ["tree"], ["why", "leaf"], ["status"], ["status", "leaf"], ["workspace", "status"], ["health"],
        ["verify"], ["verify", "leaf"], ["commit", "-m", "Mine"], ["pull"], ["pull", "origin", "leaf"],
        ["pull", "--merge"], ["push"], ["fetch"], ["merge", "leaf", "origin/main"], ["switch", "leaf", "main"],
        ["bundle", "create"],
    ]

    @Test(arguments: [false, true]) func nothingGoesByAnEditedLock(isMoved: Bool) throws {
        let team = try Team()
        let copy = try team.clone("Grace")
        #expect(try copy.run("install", "--frozen").status == 0)
        let lock = try #require(copy.text("amx.lock"))
        let path = URL(fileURLWithPath: "\(copy.directory)/amx.lock")
        try team.forged(lock, isMoved: isMoved).write(to: path)
        let before = try state(copy)
        for command in Self.commands {
            let outcome = try copy.run(command)
            let said = "\(command): \(outcome.status): \(outcome.text)\(outcome.errors)"
            #expect(outcome.status == 5 && outcome.errors.contains(Self.words), "\(said)")
            #expect(outcome.errors.contains("hint: where that is wanted, add it to `develops`"), "\(said)")
            #expect(try state(copy) == before, "\(command)")
        }
        try Data(lock.utf8).write(to: path)
        for command in [["install", "--frozen"], ["status"], ["health"], ["verify"], ["pull"], ["audit"], ["fsck"]] {
            let outcome = try copy.run(command)
            #expect(outcome.status == 0, "\(command): \(outcome.text)\(outcome.errors)")
        }
        #expect(try copy.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
    }

    /// A lock that came by another tool, in a copy that has none of the capsules: nothing of it is brought.
    @Test func nothingComesByAnEditedLock() throws {
        let team = try Team()
        let lock = try #require(team.shop.text("amx.lock"))
        let copy = try AmxTool("Grace").workspace("bare", remote: team.server)
        try Data((team.shop.text("amx.json") ?? "").utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/amx.json"))
        try team.forged(lock, isMoved: true).write(to: URL(fileURLWithPath: "\(copy.directory)/amx.lock"))
        let before = try state(copy)
        for command in [["install"], ["install", "--frozen"], ["install", "--approve"], ["update"], ["pull"]] {
            try copy.fails(5, command[0], saying: Self.words)
            #expect(try state(copy) == before, "\(command)")
        }
        try Data(lock.utf8).write(to: URL(fileURLWithPath: "\(copy.directory)/amx.lock"))
        try copy.json("install", "--frozen")
        #expect(try copy.installed() == ["app 1.0.0", "leaf 1.0.0", "lib 1.0.0"])
    }

    @Test(arguments: [false, true]) func anEditedCommitIsNeitherPulledNorCloned(isMoved: Bool) throws {
        let team = try Team()
        let copy = try team.clone("Grace")
        try team.publish(try team.forged(try #require(copy.text("amx.lock")), isMoved: isMoved))
        let before = try state(copy)
        for command in [["pull"], ["pull", "--merge"], ["fetch"]] {
            let outcome = try copy.run(command)
            #expect(
                outcome.status == 5 && (outcome.text + outcome.errors).contains(Self.words),
                "\(command): \(outcome.status): \(outcome.text)\(outcome.errors)")
            #expect(try state(copy) == before, "\(command)")
        }
        let user = try AmxTool("Mary")
        let cloned = try user.run("clone", "\(team.server)/shop", user.home.appending("shop"))
        #expect(
            cloned.status == 5 && (cloned.text + cloned.errors).contains(Self.words),
            "\(cloned.status): \(cloned.text)\(cloned.errors)")
        #expect(!FileManager.default.fileExists(atPath: user.home.appending("shop")))
    }

    /// Who changes what another capsule requires develops it, by `amx.json`, and the others get that.
    @Test func whatIsDevelopedOnPurposeTravels() throws {
        let team = try Team(isWild: false)
        let copy = try team.clone("Grace")
        try team.shop.json("edit", "leaf")
        try team.shop.write("leaf", "knowledge/mine.md", "mine\n")
        try team.shop.json("commit", "-m", "Mine")
        #expect(team.shop.text("amx.json")?.contains(#""develops": ["#) == true)
        try team.shop.json("push", "--all")
        // The first says that it is developed, and the next brings what is developed.
        try copy.json("pull")
        try copy.json("pull")
        for tool in [team.shop, copy, try team.clone("Mary")] {
            #expect(tool.text("amx.json") == team.shop.text("amx.json"))
            #expect(tool.text("amx.lock") == team.shop.text("amx.lock"))
            #expect(try tool.show("leaf") == team.shop.show("leaf"))
            #expect(try tool.run("cat", "leaf", "knowledge/mine.md").text == "mine\n")
            for command in [["install", "--frozen"], ["status"], ["health"], ["fsck"]] {
                let outcome = try tool.run(command)
                #expect(outcome.status == 0, "\(command): \(outcome.text)\(outcome.errors)")
            }
        }
    }

    /// What was pulled from a place that others work at is followed, and is pushed nowhere.
    @Test func whatIsPulledFromElsewhereIsFollowed() throws {
        let team = try Team()
        let vendor = try ReleaseSource(of: AmxTool("Vendor"))
        try vendor.release("gear", "1.0.0")
        try team.shop.json("remote", "add", "vendor", vendor.path)
        try team.shop.json("pull", "vendor", "gear")
        #expect(try team.shop.run("workspace", "status").status == 0)
        try team.shop.json("commit", "-m", "Gear")
        #expect(team.shop.text("amx.json")?.contains(#""follows": ["#) == true)
        let pushed = try team.shop.json("push")
        #expect(!pushed["pushed"].array.contains { $0["id"].string == "gear" })
        #expect(try team.shop.run("install", "--frozen").status == 0)
    }
}
