import Foundation
import TestSupport
import Testing

/// `amx merge`, `conflicts`, `resolve` and `pull --merge`, as users meet them.
@Suite(.onTestThreads) struct MergeCommandsTests {
    private func diverged(_ files: [(path: String, base: String, ours: String, theirs: String)]) throws -> AmxTool {
        let user = try AmxTool().workspace()
        try user.json("new", "refunds")
        for file in files { try user.write("refunds", file.path, file.base) }
        try user.json("commit", "-m", "Start")
        try user.json("switch", "refunds", "topic", "--create")
        for file in files { try user.write("refunds", file.path, file.theirs) }
        try user.json("commit", "-m", "Theirs")
        try user.json("switch", "refunds", "main")
        for file in files { try user.write("refunds", file.path, file.ours) }
        try user.json("commit", "-m", "Ours")
        return user
    }

    @Test func theWholeStory() throws {
        let user = try diverged([
            ("README.md", "a\n", "b\n", "c\n"), ("logo.png", "\0a", "\0b", "\0c"),
            ("data.json", #"{"x": 1, "y": 1}"#, #"{"x": 2, "y": 1}"#, #"{"x": 3, "y": 3}"#),
        ])
        let text = try Transcript.of(
            user, ["merge", "refunds", "topic"], ["conflicts", "refunds"], ["status"], ["commit", "refunds"],
            ["resolve", "refunds", "data.json", "--theirs"], ["resolve", "refunds", "logo.png"],
            ["resolve", "refunds", "README.md"], ["resolve", "refunds", "README.md", "--ours"],
            ["conflicts", "refunds"], ["status"], ["commit", "refunds"], ["merge", "refunds", "topic"],
            ["conflicts", "refunds"])
        #expect(
            text == """
                $ amx merge refunds topic
                Merging topic into refunds left conflicts:
                  text    README.md
                  json    data.json  $.x
                  binary  logo.png   theirs is logo.theirs.png
                error: cannot conclude the merge of topic into refunds: 3 conflicts are open
                hint: resolve them by editing or with `amx resolve refunds PATH`, then `amx commit refunds`; `amx merge refunds --abort` goes back
                [exit 6]
                $ amx conflicts refunds
                Merging topic into refunds:
                  text    README.md
                  json    data.json  $.x
                  binary  logo.png   theirs is logo.theirs.png
                $ amx status
                refunds  directory  main  merging topic, 3 conflicts: `amx conflicts refunds` lists them
                  M README.md
                  M data.json
                  A logo.theirs.png
                $ amx commit refunds
                error: refunds has unresolved conflicts: README.md, data.json, logo.png
                hint: edit the file and remove the markers, or take a side with `amx resolve refunds PATH --ours`
                [exit 6]
                $ amx resolve refunds data.json --theirs
                Resolved data.json with theirs: 2 are left
                $ amx resolve refunds logo.png
                Resolved logo.png: 1 is left
                $ amx resolve refunds README.md
                error: README.md of refunds still has the lines `<<<<<<< main` or `>>>>>>> topic`
                hint: edit it until it is as it should be, or take a side with --ours or --theirs
                [exit 6]
                $ amx resolve refunds README.md --ours
                Resolved README.md with ours: `amx commit refunds` concludes the merge
                $ amx conflicts refunds
                Nothing is open in the merge of topic: `amx commit refunds` concludes it
                $ amx status
                refunds  directory  main  merging topic: `amx commit refunds` concludes it
                  M data.json
                $ amx commit refunds
                Concluded the merge of topic into main of refunds: <oid>, 1 file changed
                $ amx merge refunds topic
                refunds has all of topic already
                $ amx conflicts refunds
                refunds is in no merge

                """)
        #expect(try user.run("cat", "refunds", "data.json").text == #"{"x": 3, "y": 3}"#)
        #expect(
            try user.json("log", "refunds", "-n", "1")["commits"][0]["message"].string?.hasPrefix(
                "Merge branch 'topic'\n") == true)
        try user.check("refunds")
    }

    /// Nothing of theirs is in the result, and yet the merge is recorded, and said to be.
    @Test func allOursIsAMergeToo() throws {
        let user = try diverged([("README.md", "a\n", "b\n", "c\n")])
        #expect(try user.run("merge", "refunds", "topic").status == 6)
        let text = try Transcript.of(user, ["resolve", "refunds", "README.md", "--ours"], ["commit"])
        #expect(text.contains("\nConcluded the merge of topic into main of refunds: <oid>\n"), "\(text)")
        #expect(try user.json("merge", "refunds", "topic")["result"].string == "up-to-date")
    }

    @Test func goingBackAndForward() throws {
        let user = try diverged([("README.md", "a\n", "b\n", "c\n")])
        let before = try DigestOracle.digest(directory: user.capsule("refunds"))
        let inside = user.at(user.capsule("refunds"))
        let failed = try inside.run("merge", "topic", "--json")
        #expect(failed.status == 6)
        let result = try JSONNode(failed.output)
        #expect(result["result"].string == "stopped" && result["conflicts"].array.count == 1)
        #expect(result["conflicts"][0]["path"].string == "README.md" && result["conflicts"][0]["kind"].string == "text")
        #expect(result["conflicts"][0]["severity"].string == "warning")
        #expect(try JSONNode(Array(failed.errors.utf8))["error"]["code"].string == "conflict")
        #expect(try inside.json("conflicts")["conflicts"] == result["conflicts"])
        let status = try inside.json("status")["capsules"][0]
        #expect(status["state"].string == "conflict" && status["problem"] == .null)
        #expect(status["merge"]["conflicts"] == result["conflicts"] && status["merge"]["source"].string == "topic")
        try inside.fails(6, "switch", "topic", saying: "amx merge refunds --abort")
        try inside.fails(6, "pack", saying: "has not ended")
        try inside.fails(6, "release", saying: "has not ended")
        let aborted = try inside.json("merge", "--abort")
        #expect(aborted["result"].string == "aborted" && aborted["new"] == result["old"])
        #expect(try DigestOracle.digest(directory: user.capsule("refunds")) == before)
        #expect(try inside.json("status")["capsules"][0]["state"].string == "clean")
        try inside.fails(3, "merge", "--abort", saying: "is in no merge")
        try inside.fails(3, "merge", "nothing", saying: "there is no revision nothing")
        try inside.fails(6, "merge", "topic", "--ff-only", saying: "cannot fast-forward")
        try user.fails(2, "merge", saying: "amx merge ID BRANCH")
        try user.fails(2, "resolve", "refunds", "x", "--ours", "--theirs", saying: "only one of")
        try user.fails(2, "commit", "refunds", saying: "--message")
        // Forward to the merge's result.
        try user.write("refunds", "README.md", "c\n")
        try user.json("commit", "-m", "The same as theirs")
        let merged = try user.json("merge", "refunds", "topic", "-m", "Together")
        #expect(merged["result"].string == "merged" && merged["conflicts"] == .array([]))
        try user.json("switch", "refunds", "topic")
        let forward = try user.json("merge", "refunds", "main", "--ff-only")
        #expect(forward["result"].string == "fast-forward" && forward["new"] == merged["new"])
        #expect(try user.json("merge", "refunds", "main")["result"].string == "up-to-date")
    }

    @Test(arguments: [false, true]) func twoWorkspacesComeTogether(throughAHub: Bool) throws {
        let hub = throughAHub ? try HubProcess() : nil
        let ada = try AmxTool("Ada", token: hub?.token).workspace()
        try ada.json("remote", "add", "origin", hub?.remote ?? ada.home.appending("shared"))
        if hub == nil { try ada.json("init", ada.home.appending("shared")) }
        try ada.newCapsule("refunds")
        // A push to a workspace leaves its current branch alone, so the first one makes it.
        try ada.json("push", "origin", "refunds")
        let grace = try AmxTool("Grace", token: hub?.token).workspace()
        try grace.json("remote", "add", "origin", hub?.remote ?? ada.home.appending("shared"))
        try grace.json("pull", "origin", "refunds")
        try grace.json("edit", "refunds")
        let manifest = try String(contentsOfFile: "\(ada.capsule("refunds"))/manifest.json", encoding: .utf8)
        for (user, tag, category) in [(ada, "ada", "one"), (grace, "grace", "general")] {
            let text = manifest.replacing("\"tags\": []", with: "\"tags\": [\"\(tag)\"]")
                .replacing("\"general\"", with: "\"\(category)\"")
            try user.write("refunds", "manifest.json", text)
            try user.write("refunds", "\(tag).txt", "\(tag)\n")
            try user.json("commit", "-m", "Work of \(tag)")
        }
        guard hub != nil else {
            // Through a workspace's path: one pulls from the other.
            try grace.json("remote", "add", "ada", ada.directory)
            let pulled = try grace.json("pull", "ada", "refunds", "--merge")["pulled"][0]
            #expect(pulled["result"].string == "merged")
            return try check(grace, tags: "[\n    \"grace\",\n    \"ada\"\n  ]", source: "ada/main")
        }
        // Their workspaces have one name and are not the same, so they share the capsule alone.
        try ada.json("push", "origin", "refunds")
        let refused = try grace.run("push", "origin", "refunds")
        #expect(refused.status == 6 && refused.errors.contains("amx pull origin refunds --merge"))
        try grace.fails(6, "pull", saying: "amx pull --merge")
        let pulled = try grace.run("pull", "--merge")
        #expect(pulled.status == 0 && pulled.text.contains("Merged origin/main into main of refunds"))
        try check(grace, tags: "[\n    \"grace\",\n    \"ada\"\n  ]", source: "origin/main")
        try grace.json("push", "origin", "refunds")
        let back = try ada.json("pull")["pulled"][0]
        #expect(back["result"].string == "fast-forward")
        #expect(try ada.show("refunds@main").digest == grace.show("refunds@main").digest)
        // Both change one value: the pull ends with conflicts, and is concluded.
        for (user, category) in [(ada, "x"), (grace, "y")] {
            let text = try String(contentsOfFile: "\(user.capsule("refunds"))/manifest.json", encoding: .utf8)
            try user.write("refunds", "manifest.json", text.replacing("\"one\"", with: "\"\(category)\""))
            try user.json("commit", "-m", "Choose")
        }
        try ada.json("push", "origin", "refunds")
        let stopped = try grace.run("pull", "--merge", "--json")
        #expect(stopped.status == 6)
        let item = try JSONNode(stopped.output)["pulled"][0]
        #expect(item["result"].string == "stopped")
        #expect(item["conflicts"][0]["jsonPaths"] == .array([.string("$.category")]))
        try grace.fails(6, "pull", saying: "has not ended")
        try grace.json("resolve", "refunds", "manifest.json", "--theirs")
        try grace.json("commit", "refunds")
        try grace.json("push", "origin", "refunds")
        let graph = try Tool.git(["log", "--graph", "--format=%s", "main"], in: grace.repository("refunds"))
        #expect(graph.split(separator: "\n").count { $0.contains("Merge remote branch 'origin/main'") } == 2)
        try grace.check("refunds")
        try ada.json("pull")
        #expect(try ada.show("refunds@main").digest == grace.show("refunds@main").digest)
    }

    private func check(_ user: AmxTool, tags: String, source: String) throws {
        let manifest = try String(contentsOfFile: "\(user.capsule("refunds"))/manifest.json", encoding: .utf8)
        #expect(manifest.contains("\"tags\": \(tags)") || manifest.contains("\"tags\": [\"grace\", \"ada\"]"))
        #expect(manifest.contains("\"category\": \"one\""))
        #expect(try user.run("cat", "refunds", "ada.txt").text == "ada\n")
        #expect(try user.json("status")["capsules"][0]["state"].string == "clean")
        let log = try Tool.git(["log", "-1", "--format=%s%n%P", "main"], in: user.repository("refunds")).split(
            separator: "\n")
        #expect(log.first == "Merge remote branch '\(source)'" && log.last?.split(separator: " ").count == 2)
        try user.check("refunds")
    }
}
