import Foundation
import TestSupport
import Testing

/// Capsules that come from a hub by its indexes: nothing is fetched but what is chosen.
@Suite(.onTestThreads) struct RegistryInstallTests {
    /// Releases a capsule of an owner, and pushes it.
    private func release(
        _ user: AmxTool, _ id: String, _ version: String, requires dependencies: [String: String] = [:]
    ) throws {
        if !FileManager.default.fileExists(atPath: user.capsule(id)) { try user.json("new", id) }
        let path = "\(user.capsule(id))/manifest.json"
        let text = try Data(contentsOf: URL(fileURLWithPath: path))
        var manifest = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        manifest["version"] = version
        manifest["dependencies"] = dependencies
        try JSONSerialization.data(withJSONObject: manifest, options: [.prettyPrinted, .sortedKeys])
            .write(to: URL(fileURLWithPath: path))
        try user.json("commit", id, "-m", version)
        try user.json("release", id)
        try user.json("push", "origin", id)
    }

    /// A hub that everybody may read, with acme's menu, which requires globex's icons, and a fork of icons by initech.
    private func withHub(_ body: (HubProcess, _ acme: AmxTool, _ globex: AmxTool) throws -> Void) throws {
        let hub = try HubProcess(arguments: ["--public-read"])
        var users: [String: AmxTool] = ["acme": try AmxTool(token: hub.token).workspace(remote: hub.remote)]
        for owner in ["globex", "initech"] {
            try hub.admin("owner", "add", owner)
            users[owner] = try AmxTool(token: try hub.makeToken("write", owner: owner).text)
                .workspace(remote: "\(hub.url)/\(owner)")
        }
        let (acme, globex, initech) = (
            try #require(users["acme"]), try #require(users["globex"]), try #require(users["initech"])
        )
        for version in ["1.0.0", "1.1.0"] { try release(globex, "icons", version) }
        try release(initech, "icons", "9.0.0")
        try release(acme, "menu", "1.0.0", requires: ["icons": ">=1.0.0"])
        for number in 0..<3 { try release(acme, "other-\(number)", "1.0.0") }
        try body(hub, acme, globex)
    }

    private func locked(_ user: AmxTool) throws -> [String] {
        let lock = try JSONNode([UInt8](Data(contentsOf: URL(fileURLWithPath: "\(user.directory)/amx.lock"))))
        return lock["capsules"].array.map {
            let source = ($0["source"].string ?? "").split(separator: "/").last ?? ""
            return "\(source)/\($0["id"].string ?? "") \($0["version"].string ?? "")"
        }
    }

    @Test func comesFromWhoeverHasClaimedTheID() throws {
        try withHub { hub, acme, globex in
            let grace = try AmxTool("Grace").workspace(remote: hub.remote)
            try grace.json("add", "menu")
            #expect(try locked(grace).sorted() == ["globex/icons 1.1.0", "workspace/menu 1.0.0"])
            // What is kept answers where there is no network, and knows what is not here.
            let log = try hub.log()
            #expect(log.contains("/api/v1/owners/acme/capsules/menu/index.json"))
            #expect(log.contains("/api/v1/capsules/icons/index.json"))
            #expect(!log.contains("/initech/icons.git/git-upload-pack"))
            // A yanked release stays where it is locked, and is not chosen anew.
            try globex.json("yank", "icons@1.1.0", "--reason", "wrong")
            try grace.json("install")
            #expect(try locked(grace).contains("globex/icons 1.1.0"))
            let outdated = try grace.json("outdated")["outdated"]
            #expect(outdated.array.map { $0["id"].string } == ["icons"])
            #expect(outdated[0]["yanked"].bool == true && outdated[0]["version"].string == "1.1.0")
            #expect(outdated[0]["latest"].string == "1.0.0" && outdated[0]["allowed"].string == "1.0.0")
            #expect(try grace.run("outdated").text.contains("1.1.0 (yanked)"))
            #expect(try grace.run("outdated", "--exit-code").status == 1)
            let linus = try AmxTool("Linus").workspace(remote: hub.remote)
            try linus.json("add", "menu")
            #expect(try locked(linus).sorted() == ["globex/icons 1.0.0", "workspace/menu 1.0.0"])
            try globex.json("yank", "icons@1.1.0", "--undo")
            try linus.json("update")
            #expect(try locked(linus).contains("globex/icons 1.1.0"))
            // Without the network, what was said before counts, and its age is told.
            let cache = "\(grace.directory)/.aimatrix/cache/index"
            for file in try FileManager.default.contentsOfDirectory(atPath: cache) {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -10_900)], ofItemAtPath: "\(cache)/\(file)")
            }
            let offline = try grace.run("outdated", "--offline")
            #expect(offline.status == 0 && offline.errors.contains("known as of 3 hours ago"), "\(offline.errors)")
            // The id is given to another owner: what is locked stays.
            try hub.admin("claim", "move", "icons", "initech")
            try linus.json("install")
            #expect(try locked(linus).contains("globex/icons 1.1.0"))
            _ = acme
        }
    }

    /// What nobody has named is told with the owner that it comes from, and counts in the risk where it first comes.
    @Test func theOwnerIsToldWhereItIsAnother() throws {
        try withHub { hub, acme, globex in
            let grace = try AmxTool("Grace").workspace(remote: hub.remote)
            let preview = try grace.json("add", "menu@=1.0.0", "--dry-run")
            #expect(
                preview["capsulesToInstall"].array.map { "\($0["id"].string ?? "") \($0["otherOwner"].string ?? "-")" }
                    == ["icons globex", "menu -"])
            let reasons = preview["riskAssessment"]["reasons"].array.filter { $0["rule"].string == "otherOwner" }
            #expect(reasons.map { "\($0["capsule"].string ?? "") \($0["level"].string ?? "")" } == ["icons medium"])
            #expect(reasons[0]["detail"].string == "globex")
            let added = try grace.run("add", "menu")
            #expect(added.text.contains("+ icons 1.1.0 from globex  (menu)"), "\(added.text)")
            try release(globex, "icons", "1.2.0")
            let later = try grace.json("update")
            #expect(later["capsulesToUpdate"][0]["otherOwner"] == .null)
            #expect(!later["riskAssessment"]["reasons"].array.contains { $0["rule"].string == "otherOwner" })
            // The owner that `amx.json` names is no other one.
            let linus = try AmxTool("Linus").workspace(remote: hub.remote)
            let named = try linus.json("add", "globex/icons", "--dry-run")
            #expect(named["capsulesToInstall"][0]["otherOwner"] == .null)
        }
    }

    /// Whoever may commit the workspace can write another owner of the hub into its lock: who has the id is asked of the registry.
    @Test func anOwnerInALockIsHeldAgainstTheClaim() throws {
        try withHub { hub, acme, _ in
            // One that names the fork has its entry, which an honest lock of the other requirement would never have.
            let fork = try AmxTool("Mallory").workspace(remote: hub.remote)
            try fork.json("add", "initech/icons")
            let shop = try AmxTool(token: hub.token).workspace("shop", remote: hub.remote)
            try shop.json("add", "menu")
            try shop.json("commit", "-m", "Team")
            try shop.json("push")
            let honest = try AmxTool("Linus", token: hub.token)
            try honest.json("clone", "\(hub.remote)/shop", honest.home.appending("shop"))
            let copy = honest.at(honest.home.appending("shop"))
            #expect(try copy.run("install", "--offline").status == 5)
            #expect(try copy.run("install", "--frozen").status == 0)
            #expect(try copy.run("install", "--frozen", "--offline").status == 0)
            #expect(try locked(copy).contains("globex/icons 1.1.0"))

            let forged = try JSONSerialization.jsonObject(with: Data((fork.text("amx.lock") ?? "").utf8))
            var entry = try #require(((forged as? [String: Any])?["capsules"] as? [[String: Any]])?.first)
            entry["requestedBy"] = ["menu"]
            let own = try JSONSerialization.jsonObject(with: Data((shop.text("amx.lock") ?? "").utf8))
            var lock = try #require(own as? [String: Any])
            let others = (lock["capsules"] as? [[String: Any]] ?? []).filter { $0["id"] as? String != "icons" }
            lock["capsules"] = [entry] + others
            try JSONSerialization.data(withJSONObject: lock, options: [.prettyPrinted, .sortedKeys])
                .write(to: URL(fileURLWithPath: "\(shop.directory)/amx.lock"))
            try shop.json("commit", "-m", "Other icons")
            try shop.json("push")
            let grace = try AmxTool("Grace", token: hub.token)
            try grace.json("clone", "\(hub.remote)/shop", grace.home.appending("shop"))
            let misled = grace.at(grace.home.appending("shop"))
            #expect(try locked(misled).contains("initech/icons 9.0.0"))
            // To configure it is not to choose it.
            try misled.json("configure", "icons", "size=16")
            for options in [[], ["--frozen"], ["--offline"], ["--frozen", "--offline"]] {
                let refused = try misled.run(["install"] + options)
                #expect(refused.status == 5 && refused.errors.contains("/initech"), "\(options): \(refused.errors)")
            }
            _ = acme
        }
    }

    /// A release that git has made states no digest: it is fetched to be counted.
    @Test func takesReleasesOfPlainGit() throws {
        let hub = try HubProcess()
        let folder = try TemporaryDirectory("amx-e2e-git")
        try folder.write("manifest.json", text: "{\"id\": \"plain\", \"name\": \"Plain\", \"version\": \"1.0.0\"}")
        for words in [
            ["init", "-q", "--initial-branch=main"], ["add", "."], ["commit", "-q", "-m", "One"],
            ["tag", "-a", "-m", "One", "v1.0.0"], ["push", "-q", hub.address("plain"), "main", "v1.0.0"],
        ] { try Tool.git(words, in: folder.path) }
        let ada = try AmxTool(token: hub.token).workspace(remote: hub.remote)
        try ada.json("add", "plain")
        #expect(try locked(ada) == ["workspace/plain 1.0.0"])
    }
}
