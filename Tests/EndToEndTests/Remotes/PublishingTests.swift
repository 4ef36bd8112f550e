import Foundation
import TestSupport
import Testing

/// A workspace is only shared with all that its lock names, and what a push says of it.
@Suite(.onTestThreads) struct PublishingTests {
    /// A folder of bare repositories, and a user whose workspace with `demo` and `other` goes there.
    private func shared() throws -> (folder: TemporaryDirectory, ada: AmxTool) {
        let folder = try TemporaryDirectory()
        let ada = try AmxTool("Ada").workspace("team", remote: folder.path)
        for id in ["demo", "other"] { try ada.json("new", id) }
        try ada.json("commit", "-m", "Start")
        return (folder, ada)
    }

    private func more(_ user: AmxTool, _ text: String) throws {
        try user.write("demo", "knowledge/more.md", "\(text)\n")
        try user.json("commit", "-m", text)
    }

    @Test func aCommitThatNobodyCouldGetHoldsTheWorkspaceBack() throws {
        let (folder, ada) = try shared()
        try ada.json("branch", "demo", "old")
        try more(ada, "More")
        let commit = try ada.show("demo").commit
        try ada.json("switch", "demo", "old")
        for option in [["--dry-run"], []] {
            let outcome = try ada.run(["push"] + option)
            #expect(outcome.status == 6, "\(outcome.errors)")
            #expect(
                outcome.errors == """
                    error: cannot push the workspace team: amx.lock names commit \(commit.prefix(10)) of demo, which origin does not have
                    hint: bring it there with `amx push origin demo --all`, or record where demo is now with `amx commit`, then push again

                    """)
            #expect(!FileManager.default.fileExists(atPath: folder.appending("team.git")))
        }
        // The capsules went.
        #expect(try ada.json("ls-remote")["capsules"].array.map { $0["id"].string } == ["demo", "other"])
        try ada.json("push", "origin", "demo", "--all")
        #expect(try ada.json("push")["workspace"]["refs"][0]["status"].string == "ok")
        let grace = try AmxTool("Grace")
        try grace.json("clone", folder.appending("team"), "copy")
        #expect(try grace.at(grace.home.appending("copy")).show("demo").commit == commit)
    }

    @Test func aCommitMayBeAnywhereInWhatIsThere() throws {
        let (folder, ada) = try shared()
        // The lock is behind the branch, and both go at once; a dry run knows it too.
        try ada.write("demo", "knowledge/more.md", "more\n")
        try ada.json("commit", "demo", "-m", "More")
        #expect(try ada.json("push", "--dry-run")["workspace"]["refs"][0]["status"].string == "ok")
        #expect(try ada.json("push")["workspace"]["refs"][0]["status"].string == "ok")
        // Nothing of the workspace is new: nothing is looked at.
        try ada.json("branch", "demo", "side", "main~1")
        try ada.json("switch", "demo", "side")
        try ada.json("commit", "-m", "Side")
        try ada.json("push")
        try Tool.git(["update-ref", "-d", "refs/remotes/origin/side"], in: ada.repository("demo"))
        try Tool.git(["update-ref", "-d", "refs/remotes/origin/main"], in: ada.repository("demo"))
        #expect(try ada.json("push")["workspace"]["refs"][0]["status"].string == "up-to-date")
        let grace = try AmxTool("Grace")
        try grace.json("clone", folder.appending("team"), "copy")
    }

    @Test func aCapsuleThatFollowsAnotherRemoteIsPublishedWithTheWorkspace() throws {
        let (folder, ada) = try shared()
        try ada.json("push")
        let second = try TemporaryDirectory()
        try ada.json("remote", "add", "second", second.path)
        try ada.json("push", "second", "demo", "--upstream")
        try more(ada, "More")
        let refused = try ada.fails(6, "push", saying: "of demo, which origin does not have")
        #expect(refused.errors.contains("hint: bring it there with `amx push origin demo`, then push again"))
        try ada.json("push", "origin", "demo")
        // The workspace stands below the place that it goes to, whatever came last.
        let lines = try ada.run("push").text.split(separator: "\n")
        let place = lines.firstIndex { $0.hasPrefix("workspace team") }.flatMap { index in
            lines[..<index].last { $0.hasPrefix("To ") }
        }
        #expect(place == "To \(folder.path)", "\(lines)")
        let grace = try AmxTool("Grace")
        try grace.json("clone", folder.appending("team"), "copy")
    }

    @Test func whatIsFetchedIsTheWorkspaceToo() throws {
        let (folder, ada) = try shared()
        try ada.json("push")
        let grace = try AmxTool("Grace")
        try grace.json("clone", folder.appending("team"), "copy")
        let copy = grace.at(grace.home.appending("copy"))
        #expect(try copy.json("fetch")["workspace"]["refs"].array.allSatisfy { $0["status"].string == "up-to-date" })
        try ada.home.write("team/agents/tone.md", text: "Answer soon.\n")
        try ada.json("commit", "-m", "Tone")
        try ada.json("workspace", "branch", "winter")
        try ada.json("push", "--all")
        let fetched = try copy.run("fetch").text
        #expect(fetched.contains("\nworkspace team\n"), "\(fetched)")
        #expect(
            fetched.contains(" main -> origin/main\n") && fetched.contains("winter -> origin/winter\n"), "\(fetched)")
        // Nothing here has moved: it can be looked at first.
        #expect(try copy.run("workspace", "status").text.hasPrefix("team main clean, 1 behind origin/main\n"))
        #expect(try copy.run("workspace", "diff", "main", "origin/main", "--name-status").text == "A\tagents/tone.md\n")
        #expect(!FileManager.default.fileExists(atPath: "\(copy.directory)/agents/tone.md"))
        try Tool.git(["update-ref", "-d", "refs/heads/winter"], in: folder.appending("team.git"))
        #expect(try copy.run("fetch", "--prune").text.contains(" - [deleted] winter -> origin/winter\n"))
        #expect(try copy.json("pull")["workspace"]["result"].string == "fast-forward")
    }

    @Test func aCapsuleThatFailsIsSaidToHoldTheWorkspaceBack() throws {
        let (folder, ada) = try shared()
        try ada.json("push")
        let grace = try AmxTool("Grace")
        try grace.json("clone", folder.appending("team"), "copy")
        try more(ada, "Ada's")
        try ada.json("push")
        let copy = grace.at(grace.home.appending("copy"))
        try more(copy, "Grace's")
        let outcome = try copy.fails(6, "push", saying: "non-fast-forward")
        #expect(
            outcome.errors.contains(
                "warning: the workspace itself was not pushed, because not all of its capsules were\n"))
        try copy.fails(6, "pull", saying: "diverged")
        let status = try copy.run("workspace", "status").text
        #expect(status.hasPrefix("team main clean, 1 ahead and 1 behind origin/main\n"), "\(status)")
    }
}
