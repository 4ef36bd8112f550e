import Foundation
import TestSupport
import Testing

/// `amx stash` and `amx discard`: what they say, that they ask, and that a stash never leaves its workspace.
@Suite(.onTestThreads) struct StashCommandsTests {
    @Test func aDay() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "README.md", "one\n")
        try user.write("refunds", "new.txt", "two\n")
        let text = try Transcript.of(
            user, ["stash", "refunds", "-m", "Half"], ["stash", "refunds"], ["stash", "list"], ["status"],
            ["stash", "pop", "refunds", "2"], ["stash", "pop"], ["stash", "pop", "refunds", "x"],
            ["stash", "pop", "refunds"], ["stash", "drop", "refunds"], ["stash", "list"],
            ["discard", "refunds", "READNE.md", "--yes"], ["discard", "refunds", "new.txt"],
            ["discard", "refunds", "--dry-run"], ["discard", "refunds", "new.txt", "--yes"],
            ["discard", "refunds", "--yes"], ["discard", "refunds", "--yes"], ["status"])
        #expect(
            text == """
                $ amx stash refunds -m Half
                Put 2 changes of refunds aside as stash 1; `amx stash pop refunds` brings them back
                $ amx stash refunds
                refunds has nothing to put aside
                $ amx stash list
                refunds  1  <oid>  <time>  2 changes  On main: Half
                $ amx status
                refunds  directory  main  clean
                $ amx stash pop refunds 2
                error: refunds has no stash 2
                hint: `amx stash list refunds` shows them
                [exit 3]
                $ amx stash pop
                error: no capsule is named
                hint: name one, or run the command in a capsule's directory; `amx status` lists them
                [exit 2]
                $ amx stash pop refunds x
                error: 'x' is not a stash's number
                hint: `amx stash list refunds` shows the numbers
                [exit 2]
                $ amx stash pop refunds
                Brought 2 changes of refunds back from stash 1
                $ amx stash drop refunds
                error: refunds has no stash
                hint: `amx stash refunds` makes one of what is not committed
                [exit 3]
                $ amx stash list
                $ amx discard refunds READNE.md --yes
                error: refunds has no file READNE.md
                hint: did you mean 'README.md'?
                [exit 3]
                $ amx discard refunds new.txt
                  A new.txt
                error: nothing was discarded of refunds: there is no terminal to ask for agreement on
                hint: agree with --yes
                [exit 2]
                $ amx discard refunds --dry-run
                  M README.md
                  A new.txt
                $ amx discard refunds new.txt --yes
                Discarded 1 change of refunds; it is still in <oid>
                $ amx discard refunds --yes
                Discarded 1 change of refunds; it is still in <oid>
                $ amx discard refunds --yes
                refunds has no changes to discard
                $ amx status
                refunds  directory  main  clean

                """)
        try user.check("refunds")
    }

    @Test(arguments: [("y\\n", 0, 0), ("YES\\n", 0, 0), ("n\\n", 130, 1), ("\\n", 130, 1), ("\\x04", 130, 1)])
    func discardAsks(_ keys: String, _ status: Int32, _ left: Int) throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "README.md", "one\n")
        let asked = try user.onTerminal(["discard", "refunds"], environment: ["KEYS": keys])
        #expect(asked.status == status, "\(asked.text)")
        #expect(asked.text.contains("README.md") && asked.text.contains("Throw away 1 change of refunds? [y/N] "))
        #expect(try user.json("status")["capsules"][0]["changes"].array.count == left)
    }

    @Test func switchingWithChanges() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("switch", "refunds", "topic", "--create")
        try user.write("refunds", "README.md", "topic\n")
        try user.json("commit", "-m", "Topic")
        try user.write("refunds", "CHANGELOG.md", "mine\n")
        try user.fails(6, "switch", "refunds", "main", saying: "or put them aside with `amx stash refunds`")
        try user.fails(2, "switch", "refunds", "main", "--stash", "--keep", saying: "exclude each other")
        try user.fails(3, "switch", "refunds", "mian", "--stash", saying: "did you mean 'main'?")
        #expect(try user.json("stash", "list")["capsules"].array.isEmpty)
        #expect(try user.json("switch", "refunds", "main", "--keep")["stash"] == .null)
        #expect(try user.json("status")["capsules"][0]["changes"].array.count == 1)
        try user.write("refunds", "README.md", "mine\n")
        try user.fails(6, "switch", "refunds", "topic", "--keep", saying: "README.md has other changes here")
        let switched = try user.json("switch", "refunds", "topic", "--stash")
        #expect(switched["stash"]["number"].int == 1 && switched["branch"].string == "topic")
        #expect(try user.json("status")["capsules"][0]["state"].string == "clean")
        try user.fails(6, "stash", "pop", "refunds", saying: "README.md has other changes here")
        try user.json("switch", "refunds", "main")
        #expect(try user.json("stash", "pop", "refunds")["stash"]["changes"].array.count == 2)
    }

    /// Neither a push nor a fetch takes a stash along, and no door takes one in.
    @Test func aStashStaysWhereItIs() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("demo")
        try ada.write("demo", "secret.txt", "not to be shared\n")
        let stash = try ada.json("stash", "demo")["stash"]["commit"].string ?? ""
        try ada.json("push", "--all")
        #expect(try hub.refs("demo").keys.sorted() == ["refs/heads/main"])
        let push = try Tool.run(
            "git", ["push", hub.address("demo"), "refs/amx/stash/1"], in: ada.repository("demo"),
            environment: Tool.gitEnvironment)
        #expect(push.status != 0 && push.errors.contains("refs/amx/stash/1"), "\(push.errors)")
        #expect(try hub.refs("demo").keys.sorted() == ["refs/heads/main"])
        let grace = try AmxTool("Grace").workspace("other", remote: ada.directory)
        try grace.json("pull", "origin", "demo")
        let found = try Tool.run(
            "git", ["cat-file", "-e", stash], in: grace.repository("demo"), environment: Tool.gitEnvironment)
        #expect(found.status != 0)
        #expect(try grace.json("stash", "list")["capsules"].array.isEmpty)
        try ada.check("demo")
        #expect(try ada.json("verify", "demo")["results"].array.allSatisfy { $0["ok"].bool == true })
    }

    @Test(arguments: ["flipped", "cut", "empty"]) func discardReplacesADamagedFile(damage: String) throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds")
        let digest = try user.show("refunds").digest
        let file = URL(fileURLWithPath: user.packed("refunds"))
        var bytes = try Data(contentsOf: file)
        switch damage {
        case "flipped": bytes[bytes.count / 3] ^= 4
        case "cut": bytes = bytes.prefix(bytes.count / 2)
        default: bytes = Data()
        }
        try bytes.write(to: file)
        #expect(try user.run("status").status != 0)
        try user.fails(2, "discard", "refunds", saying: "--yes")
        #expect(try user.json("discard", "refunds", "--dry-run")["discarded"].bool == false)
        #expect(try Data(contentsOf: file) == bytes)
        #expect(try user.json("discard", "refunds", "--yes")["discarded"].bool == true)
        #expect(try user.json("status")["capsules"][0]["state"].string == "clean")
        #expect(try user.json("verify", user.packed("refunds"), "--digest", digest)["results"][0]["ok"].bool == true)
        #expect(try user.json("discard", "refunds", "--yes")["discarded"].bool == false)
    }
}
