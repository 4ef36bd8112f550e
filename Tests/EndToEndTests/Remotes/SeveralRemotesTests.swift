import Foundation
import TestSupport
import Testing

/// One workspace with several remotes: upstreams, forks of the same id, names and addresses that change.
@Suite(.onTestThreads) struct SeveralRemotesTests {
    /// A hub with the owner `acme`, to which `demo` was pushed, and the owner `fork` with other content under that id.
    private func forks() throws -> (hub: HubProcess, ada: AmxTool, grace: AmxTool) {
        let hub = try HubProcess()
        try hub.admin("owner", "add", "fork")
        let token = try hub.makeToken("write", owner: "fork").text
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        let grace = try AmxTool("Grace", token: token).workspace(remote: "\(hub.url)/fork")
        for (user, text) in [(ada, "acme\n"), (grace, "fork\n")] {
            try user.json("new", "demo")
            try user.write("demo", "knowledge/whose.md", text)
            try user.json("commit", "-m", "Start")
            try user.json("release", "demo")
            try user.json("push", "origin", "demo")
        }
        return (hub, ada, grace)
    }

    @Test func forksOfTheSameIdStayApart() throws {
        let (hub, ada, grace) = try forks()
        let reader = try AmxTool("Linus").workspace(remote: hub.remote)
        try reader.json("remote", "add", "upstream", "\(hub.url)/fork", "--no-releases")
        let main = reader.with(token: hub.token)
        let other = try reader.with(token: hub.makeToken("read", owner: "fork").text)
        try main.json("pull", "origin", "demo")
        let fetched = try other.json("fetch", "upstream", "demo")["fetched"][0]["refs"].array
        #expect(fetched.map { $0["ref"].string } == ["refs/remotes/upstream/main"])
        #expect(try reader.show("demo@origin/main").commit == ada.show("demo").commit)
        #expect(try reader.show("demo@upstream/main").commit == grace.show("demo").commit)
        #expect(try reader.show("demo@v0.1.0").commit == ada.show("demo").commit)
        // Histories that share nothing are never joined by a pull.
        try other.fails(6, "pull", "upstream", "demo", saying: "diverged")
        #expect(try reader.show("demo").commit == ada.show("demo").commit)
        // With its releases, the fork's are told and left.
        try reader.json("remote", "set-url", "upstream", "--releases")
        let refused = try other.run("fetch", "upstream", "demo")
        #expect(refused.status == 6 && refused.errors.contains("v0.1.0"), "\(refused.errors)")
        #expect(try reader.show("demo@v0.1.0").commit == ada.show("demo").commit)
        // Each remote moves its own remote branches only.
        try grace.write("demo", "knowledge/more.md", "more\n")
        try grace.json("commit", "-m", "More")
        try grace.json("push")
        try reader.json("remote", "set-url", "upstream", "--no-releases")
        try other.json("fetch", "upstream")
        #expect(try reader.show("demo@origin/main").commit == ada.show("demo").commit)
        #expect(try reader.show("demo@upstream/main").commit == grace.show("demo").commit)
        // The fork alone, beside an origin that has one of that id, follows where it came from.
        let second = try AmxTool("Niklaus", token: hub.makeToken("read", owner: "fork").text).workspace(
            remote: hub.remote)
        try second.json("remote", "add", "upstream", "\(hub.url)/fork")
        try second.json("pull", "upstream", "demo")
        #expect(try second.json("branch", "demo")["branches"][0]["upstream"].string == "upstream/main")
        try grace.write("demo", "knowledge/more.md", "even more\n")
        try grace.json("commit", "-m", "Even more")
        try grace.json("push")
        let pulled = try second.json("pull")
        #expect(pulled["remote"].string == "upstream" && pulled["pulled"][0]["result"].string == "fast-forward")
        #expect(try second.json("status")["capsules"][0]["upstream"].string == "upstream/main")
    }

    @Test func twoOwnersOfAHubHaveATokenEach() throws {
        let (hub, ada, grace) = try forks()
        let reader = try AmxTool("Linus").workspace(remote: hub.remote)
        try reader.json("remote", "add", "upstream", "\(hub.url)/fork", "--no-releases")
        try reader.json("login", hub.url, input: "\(hub.token)\n")
        try reader.json("pull", "origin", "demo")
        let unseen = try reader.fails(3, "fetch", "upstream", "demo")
        #expect(
            unseen.errors.contains(
                "if your token is for another owner, run `amx login \(hub.url)/fork` with one for this"),
            "\(unseen.errors)")
        let token = try hub.makeToken("read", owner: "fork")
        try reader.json("login", "\(hub.url)/fork", input: "\(token.text)\n")
        try reader.json("fetch", "upstream", "demo")
        #expect(try reader.show("demo@origin/main").commit == ada.show("demo").commit)
        #expect(try reader.show("demo@upstream/main").commit == grace.show("demo").commit)
        #expect(try reader.json("ls-remote", "\(hub.url)/fork")["capsules"].array.count == 1)
        // The refused one is named, and only it is replaced.
        try hub.admin("token", "revoke", token.id)
        try reader.fails(4, "fetch", "upstream", "demo", saying: "run `amx login \(hub.url)/fork` with a valid token")
        try reader.json("fetch", "origin")
        #expect(try reader.json("logout", "\(hub.url)/fork")["removed"].bool == true)
        try reader.fails(3, "fetch", "upstream", "demo")
        try reader.json("fetch", "origin")
    }

    @Test func aPlaceThatMayNotBeListedIsNotEmpty() throws {
        let (hub, _, _) = try forks()
        let reader = try AmxTool("Linus").workspace(remote: hub.remote)
        for words in [["ls-remote", hub.remote], ["remote", "show"]] {
            let anonymous = try reader.run(words)
            #expect(anonymous.status == 4 && anonymous.text.isEmpty, "\(anonymous.text)")
            #expect(anonymous.errors.contains("\(hub.url) asks for a token"), "\(anonymous.errors)")
            #expect(try reader.with(token: "amx_wrong").run(words).status == 4)
        }
        let known = reader.with(token: hub.token)
        for owner in ["fork", "nobody"] {
            try known.fails(3, "ls-remote", "\(hub.url)/\(owner)", saying: "no owner \(owner) on this hub")
        }
        #expect(try known.json("ls-remote", hub.remote)["capsules"].array.count == 1)
        // A server that has no such question says nothing, and that is told.
        let server = try GitBackendProcess()
        let listed = try known.run("ls-remote", server.url)
        #expect(listed.status == 0 && listed.text.isEmpty)
        #expect(listed.errors == "warning: \(server.url) does not tell what it has: name its capsules\n")
        let path = try reader.home.write(".netrc", text: "machine 127.0.0.1 login x password \(hub.token)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try reader.fails(1, "ls-remote", hub.remote, saying: "chmod 600")
    }

    @Test func capsulesGoWhereTheirUpstreamsAre() throws {
        let ada = try AmxTool().workspace("ada", remote: "../first")
        for name in ["first", "second"] { try ada.at(ada.home.path).json("init", ada.home.appending(name)) }
        try ada.json("remote", "add", "second", "../second")
        try ada.newCapsule("one")
        try ada.newCapsule("two")
        try ada.json("push", "second", "two", "--upstream")
        #expect(try ada.json("status")["capsules"].array.map { $0["upstream"].string } == [nil, "second/main"])
        for id in ["one", "two"] {
            try ada.write(id, "knowledge/more.md", "more\n")
            try ada.json("commit", id, "-m", "More")
        }
        #expect(try ada.json("status")["capsules"][1]["ahead"].int == 1)
        let pushed = try ada.json("push", "--dry-run")["pushed"].array
        #expect(pushed.map { $0["remote"].string } == ["origin", "second"])
        try ada.json("branch", "two", "--no-upstream")
        #expect(try ada.json("push", "--dry-run")["pushed"].array.map { $0["remote"].string } == ["origin", "origin"])
        // Ahead and behind are counted against the configured branch, whatever its name.
        try ada.json("branch", "two", "side")
        try ada.json("branch", "two", "side", "--upstream", "second/main")
        try ada.json("switch", "two", "side")
        let status = try ada.json("status")["capsules"][1]
        #expect(status["upstream"].string == "second/main" && status["ahead"].int == 1 && status["behind"].int == 0)
        try ada.fails(3, "branch", "two", "--upstream", "nowhere/main")
        try ada.fails(2, "branch", "two", "--upstream", "second")
        try ada.fails(3, "branch", "two", "none", "--upstream", "second/main")
    }

    @Test(.enabled(if: FailPoints.obstacle == nil, "\(FailPoints.obstacle ?? "")"))
    func manyUpstreamsAreOneChangeOfTheConfiguration() throws {
        let ada = try AmxTool().workspace("ada", remote: "../first")
        for name in ["first", "second"] { try ada.at(ada.home.path).json("init", ada.home.appending(name)) }
        let ids = ["a", "b", "c", "d"]
        for id in ids { try ada.newCapsule(id) }
        try ada.json("remote", "add", "second", "../second")
        func changes(_ words: String...) throws -> Int {
            try FailPoints.calls("rename", of: words, by: ada).count { $0.contains("/.aimatrix/config\"") }
        }
        func upstreams() throws -> [String?] {
            try ada.json("status")["capsules"].array.map { $0["upstream"].string }
        }
        #expect(try changes("push", "second", "-u") == 1)
        #expect(try upstreams() == ids.map { _ in "second/main" })
        // What follows already is left alone, and what follows another is changed.
        #expect(try changes("push", "second", "-u") == 0)
        try ada.json("push", "origin", "b", "-u")
        #expect(try upstreams() == ["second/main", "origin/main", "second/main", "second/main"])
        try ada.json("branch", "c", "--no-upstream")
        try ada.json("push", "second", "-u")
        #expect(try upstreams() == ids.map { _ in "second/main" })
        let git = try Tool.run("git", ["config", "--file", "\(ada.directory)/.aimatrix/config", "--list"])
        #expect(git.status == 0 && git.text.contains("branch.a:main.merge=refs/heads/main"), "\(git.errors)")
    }

    @Test func namesAndAddressesChange() throws {
        let ada = try AmxTool().workspace("ada", remote: "../first")
        for name in ["first", "second"] { try ada.at(ada.home.path).json("init", ada.home.appending(name)) }
        try ada.newCapsule("demo")
        try ada.json("push", "--upstream")
        let commit = try ada.show("demo").commit
        try ada.json("remote", "rename", "origin", "old")
        #expect(try ada.show("demo@old/main").commit == commit)
        #expect(try ada.run("show", "demo@origin/main").status == 3)
        #expect(try ada.json("branch", "demo")["branches"][0]["upstream"].string == "old/main")
        #expect(try ada.json("remote")["remotes"].array.map { $0["name"].string } == ["old"])
        // The only remote is the default one.
        #expect(try ada.json("fetch")["remote"].string == "old")
        try ada.json("remote", "set-url", "old", "../second", "--push")
        let write = try ada.json("push")
        #expect(write["url"].string?.hasSuffix("/second") == true)
        #expect(try ada.json("ls-remote", "../second", "demo")["capsules"][0]["refs"][0]["oid"].string == commit)
        try ada.json("remote", "set-url", "old", "", "--push")
        try ada.json("remote", "set-url", "old", "../second")
        let listed = try ada.json("remote")["remotes"][0]
        #expect(listed["url"].string?.hasSuffix("/second") == true && listed["pushUrl"].string == nil)
        try ada.json("remote", "add", "other", "../first", "--no-releases", "--prune")
        let other = try ada.json("remote")["remotes"][1]
        #expect(other["releases"].bool == false && other["prune"].bool == true)
        for (status, words) in [
            (3, ["rename", "nowhere", "x"]), (6, ["rename", "old", "other"]), (1, ["rename", "old", "a/b"]),
            (3, ["set-url", "nowhere", "../x"]), (2, ["set-url", "old"]), (2, ["set-url", "old", "ssh://x/y"]),
            (3, ["show", "nowhere"]),
        ] as [(Int32, [String])] {
            let outcome = try ada.run(["remote"] + words)
            #expect(outcome.status == status, "\(words): \(outcome.errors)")
        }
    }

    @Test func whatARemoteHasIsShown() throws {
        let (hub, ada, _) = try forks()
        try ada.newCapsule("other")
        try ada.json("push", "origin", "other")
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        try grace.json("pull", "origin", "demo")
        try ada.json("branch", "demo", "side")
        try ada.write("demo", "knowledge/more.md", "more\n")
        try ada.json("commit", "demo", "-m", "More")
        try ada.json("push", "origin", "demo", "--all")
        let shown = try grace.json("remote", "show")
        #expect(shown["complete"].bool == true)
        #expect(shown["capsules"].array.map { $0["here"].bool } == [true, false])
        #expect(
            shown["capsules"][0]["branches"].array.map { "\($0["name"].string ?? "") \($0["state"].string ?? "")" }
                == ["main moved", "side new"])
        let lines = try grace.json("ls-remote", "origin")["capsules"].array.map { $0["id"].string }
        #expect(lines == ["demo", "other"])
        // With an address, outside of any workspace, as git tells it.
        let nowhere = try AmxTool("Nobody", token: hub.token)
        let own = try nowhere.run("ls-remote", "\(hub.remote)/demo.git")
        let git = try Tool.git(["ls-remote", "--refs", hub.address("demo")], in: nowhere.home.path)
        #expect(own.text == git + "\n", "\(own.errors)")
        try nowhere.fails(3, "ls-remote", "\(hub.remote)/nothing.git")
        try nowhere.with(token: nil).fails(4, "ls-remote", "\(hub.remote)/demo.git", saying: "asks for a token")
    }
}
