import Foundation
import TestSupport
import Testing

/// What is wrong is told with what to do about it.
@Suite(.onTestThreads) struct HintTests {
    @Test func ofRevisions() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        let text = try Transcript.of(
            user, ["show", "refunds@main~9"], ["show", "refunds@~1"], ["cat", "refunds@~", "README.md"],
            ["show", "refunds@main~x"])
        #expect(
            text == """
                $ amx show refunds@main~9
                error: main has only 0 ancestors, so there is no main~9
                hint: it is the first commit
                [exit 3]
                $ amx show refunds@~1
                error: @ has only 0 ancestors, so there is no @~1
                hint: it is the first commit
                [exit 3]
                $ amx cat refunds@~ README.md
                error: @ has only 0 ancestors, so there is no @~1
                hint: it is the first commit
                [exit 3]
                $ amx show refunds@main~x
                error: main~x is not a revision: a number belongs after the ~
                hint: for example main~1
                [exit 2]

                """)
    }

    @Test func ofNamesThatARemoteHas() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("refunds")
        try ada.json("push")
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        for (arguments, words, hint) in [
            (["pull", "refunsd"], "no repository acme/refunsd on this hub", "refunds"),
            (["pull", "origin", "refunsd"], "no repository acme/refunsd on this hub", "refunds"),
            (["ls-remote", "refunsd"], "no repository acme/refunsd on this hub", "refunds"),
            (["clone", "\(hub.remote)/refund", "new"], "no repository acme/refund on this hub", "refunds"),
            (["pull", "orgin"], "no repository acme/orgin on this hub", "origin"),
            (["ls-remote", "orgin"], "no repository acme/orgin on this hub", "origin"),
            (["push", "orgin"], "'orgin' is neither a remote nor a capsule", "origin"),
            (["fetch", "orgin"], "'orgin' is neither a remote nor a capsule", "origin"),
        ] {
            let outcome = try grace.run(arguments)
            #expect(outcome.status == 3 && outcome.errors.contains(words), "\(outcome.errors)")
            #expect(outcome.errors.hasSuffix("\nhint: did you mean '\(hint)'?\n"), "\(outcome.errors)")
        }
    }

    @Test func ofMissingFiles() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        for revision in ["refunds", "refunds@main"] {
            let near = try user.fails(3, "cat", revision, "READM.md", saying: "has no file READM.md")
            #expect(near.errors.hasSuffix("\nhint: did you mean 'README.md'?\n"), "\(near.errors)")
            let far = try user.fails(3, "cat", revision, "something/else.txt")
            #expect(far.errors.contains("\nhint: `amx show \(revision)` lists"), "\(far.errors)")
        }
    }

    /// The head has no name: `@` alone, `ID@`, and their ancestors.
    @Test func theHeadNeedsNoName() throws {
        let user = try AmxTool().workspace()
        let first = try user.newCapsule("refunds")["commit"].string
        try user.write("refunds", "README.md", "two\n")
        let second = try user.json("commit", "-m", "Two")["commits"][0]["commit"].string
        let inside = user.at(user.capsule("refunds"))
        #expect(try user.show("refunds@").commit == second)
        #expect(try user.show("refunds@~1").commit == first)
        #expect(try inside.show("@").commit == second)
        #expect(try inside.show("@~1").commit == first)
        #expect(try inside.json("diff", "@~1", "@")["changes"].array.count == 1)
        try user.json("branch", "refunds", "topic")
        try user.json("switch", "refunds", "topic")
        try user.write("refunds", "README.md", "three\n")
        try user.json("commit", "-m", "Three")
        #expect(try user.show("refunds@~1").commit == second)
        try user.json("new", "empty")
        try user.fails(3, "show", "empty@", saying: "empty")
    }

    @Test func ofAddressesAndTokens() throws {
        let user = try AmxTool(token: "secret")
        for (address, words, hint) in [
            ("notaurl", "only http and https addresses are spoken", "https://hub.example"),
            ("https://", "it has no valid host and port", "https://hub.example"),
            ("https://hub.example/?a", "it has a query or a fragment", "leave out"),
            ("https://hub.example//a", "empty component", "leave them out"),
            ("http://hub.example", "it would travel unencrypted", "use https"),
        ] {
            let outcome = try user.run("login", address)
            #expect([2, 7].contains(outcome.status) && outcome.errors.contains(words), "\(outcome.errors)")
            #expect(outcome.errors.split(separator: "\n").last?.contains(hint) == true, "\(outcome.errors)")
        }
    }

    @Test func ofAKeyThatStandsTwice() throws {
        let user = try AmxTool().workspace()
        try user.json("new", "refunds")
        try user.write(
            "refunds", "manifest.json", "{\n  \"id\": \"refunds\",\n  \"name\": \"R\", \"id\": \"refunds\"\n}\n")
        let outcome = try user.fails(
            1, "commit", "-m", "x",
            saying: "line 3, column 16: $: expected valid JSON, found the key \"id\" stands twice in its object")
        #expect(outcome.errors.contains("\nhint: keep one of the two members"))
    }

    /// A limit is told by its name and value, at every command that meets it.
    @Test func ofLimits() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        func grow(_ file: String, to size: off_t) {
            _ = FileManager.default.createFile(atPath: "\(user.capsule("refunds"))/\(file)", contents: nil)
            truncate("\(user.capsule("refunds"))/\(file)", size)
        }
        func check(_ words: String, hint: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            for arguments in [["commit", "-m", "x"], ["pack", "refunds", "-o", "out.kc"]] {
                let outcome = try user.run(arguments)
                #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
                #expect(outcome.errors.contains("\nhint: \(hint)"), "\(outcome.errors)", sourceLocation: sourceLocation)
            }
        }
        grow("big.bin", to: 100 << 20 + 1)
        try check(
            "big.bin: it is larger than 104857600 bytes: the limit 'objectBytes' is 104857600", hint: "split the file")
        try user.write("refunds", ".amxignore", "big.bin\n")
        try user.write("refunds", "manifest.json", "{\"id\": \"refunds\"}" + String(repeating: " ", count: 1 << 20))
        try check("has 1048593 bytes: the limit 'manifestBytes' is 1048576", hint: "move data out of the manifest")
        try FileManager.default.removeItem(atPath: "\(user.capsule("refunds"))/manifest.json")
        try check("has no manifest.json", hint: "`amx new` makes a capsule with one")
    }
}
