import Foundation
import TestSupport
import Testing

/// What `amx` says, and with which exit status, when the hub does not let it.
@Suite(.onTestThreads) struct AccessFailureTests {
    @Test func tellsWhyItMayNot() throws {
        let hub = try HubProcess()
        try hub.admin("owner", "add", "globex")
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("push")
        let before = try hub.refs("demo")
        try ada.write("demo", "knowledge/more.md", "more\n")
        try ada.json("commit", "-m", "More")
        let revoked = try hub.makeToken("read,write")
        try hub.admin("token", "revoke", revoked.id)
        for token in [nil, "amx_\(String(repeating: "1", count: 64))", "nonsense", revoked.text] {
            for command in [["push"], ["fetch"], ["pull", "origin", "demo"]] {
                let outcome = try ada.with(token: token).run(command)
                #expect(outcome.status == 4, "\(command): \(outcome.errors)")
                #expect(outcome.errors.hasPrefix("error: "))
                #expect(outcome.errors.contains("\nhint: "), "\(outcome.errors)")
            }
        }
        // A right that is missing, and another owner's token.
        let reader = ada.with(token: try hub.makeToken("read").text)
        try reader.fails(4, "push")
        try reader.newCapsule("other")
        let first = try reader.fails(4, "push", "origin", "other")
        #expect(first.errors.contains("--rights read,write"), "\(first.errors)")
        try reader.json("fetch")
        let stranger = ada.with(token: try hub.makeToken("read,write", owner: "globex").text)
        try stranger.fails(3, "push")
        try stranger.fails(3, "pull", "origin", "demo")
        try ada.fails(3, "pull", "origin", "unknown")
        try ada.fails(3, "clone", "\(hub.remote)/unknown.git", "elsewhere")
        #expect(!FileManager.default.fileExists(atPath: "\(ada.directory)/elsewhere"))
        #expect(try hub.refs("demo") == before)
        // With --json the error is one object on standard error, and nothing else.
        let asJSON = try ada.with(token: nil).run("push", "--json")
        #expect(asJSON.output.isEmpty)
        #expect(try JSONNode(Array(asJSON.errors.utf8))["error"]["code"].string == "authentication")
        // Nobody answers.
        #expect(hub.stop() == 0)
        try ada.fails(8, "push")
        try ada.fails(8, "pull")
        #expect(try ada.json("status")["capsules"][0]["ahead"].int == 1)
    }

    @Test func expiresTokens() throws {
        let hub = try HubProcess()
        let token = try hub.makeToken("read,write", expires: "1h")
        let ada = try AmxTool("Ada", token: token.text).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("push")
        // An hour later, as the hub's database sees it.
        _ = hub.stop()
        let moved = try Tool.run(
            "python3",
            [
                "-c",
                """
                import sqlite3, sys
                with sqlite3.connect(sys.argv[1]) as database:
                    assert database.execute("update token set expires = 1 where expires is not null").rowcount == 1
                """, "\(hub.data)/hub.sqlite",
            ])
        #expect(moved.status == 0, "\(moved.errors)")
        try hub.start()
        try ada.json("remote", "add", "again", hub.remote)
        try ada.fails(4, "fetch", "again", "demo")
        try ada.with(token: hub.token).json("fetch", "again", "demo")
    }

    @Test func refusesToLoseHistory() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.json("release", "demo")
        try ada.json("push")
        try grace.json("pull", "origin", "demo")
        try grace.json("edit", "demo")
        for (user, text) in [(ada, "one\n"), (grace, "two\n")] {
            try user.write("demo", "knowledge/both.md", text)
            try user.json("commit", "-m", text)
        }
        try ada.json("push")
        let refs = try hub.refs("demo")
        let rejected = try grace.fails(6, "push")
        #expect(rejected.errors.contains("hint: "))
        let asJSON = try grace.run("push", "--json")
        #expect(asJSON.status == 6)
        // A command with a result prints it also when it failed.
        #expect(try JSONNode(asJSON.output)["pushed"][0]["refs"].array.contains { $0["status"].string == "rejected" })
        #expect(try hub.refs("demo") == refs)
        // Diverged and changed working forms are left alone.
        try grace.fails(6, "pull")
        #expect(try String(contentsOfFile: "\(grace.capsule("demo"))/knowledge/both.md", encoding: .utf8) == "two\n")
        // A release that exists with other content, made by plain git elsewhere.
        try grace.json("switch", "demo", "other", "--create")
        let tag = try Tool.git(["rev-parse", "refs/tags/v0.1.0"], in: grace.repository("demo"))
        try grace.fails(6, "release", "demo")
        #expect(try Tool.git(["rev-parse", "refs/tags/v0.1.0"], in: grace.repository("demo")) == tag)
        try hub.check("demo")
    }
}
