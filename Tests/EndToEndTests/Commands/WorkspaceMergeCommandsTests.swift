import Foundation
import TestSupport
import Testing

/// `amx workspace merge`, `conflicts` and `resolve`, and `amx pull --merge` of a whole workspace, as users meet them.
@Suite(.onTestThreads) struct WorkspaceMergeCommandsTests {
    private func write(_ user: AmxTool, _ path: String, _ text: String) throws {
        let file = "\(user.directory)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    private func check(_ user: AmxTool) throws {
        let outcome = try Tool.run(
            "git", ["fsck", "--strict", "--full"], in: "\(user.directory)/.aimatrix/workspace.git",
            environment: Tool.gitEnvironment)
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
        for capsule in try user.json("status")["capsules"].array {
            let id = try #require(capsule["id"].string)
            #expect(capsule["state"].string == "clean", "\(id)")
            try user.check(id)
        }
        let status = try user.json("workspace", "status")
        #expect(status["state"].string == "clean" && status["moved"] == .array([]) && status["merge"] == .null)
    }

    @Test func theWholeStory() throws {
        let user = try AmxTool().workspace("team")
        for id in ["orders", "refunds"] { try user.json("new", id) }
        try write(user, "agents/answering.md", "a\n")
        try user.json("commit", "-m", "Start")
        try user.json("workspace", "switch", "winter", "--create")
        for id in ["orders", "refunds"] { try user.write(id, "winter.md", "winter\n") }
        try write(user, "agents/answering.md", "winter\n")
        try user.json("commit", "-m", "Winter")
        let winter = try user.show("refunds").commit
        try user.json("workspace", "switch", "main")
        try user.write("refunds", "summer.md", "summer\n")
        try write(user, "agents/answering.md", "summer\n")
        try user.json("commit", "-m", "Summer")
        let text = try Transcript.of(
            user, ["workspace", "merge", "winter"], ["workspace", "conflicts"], ["workspace", "status"], ["commit"],
            ["workspace", "switch", "winter"], ["workspace", "merge", "--abort"], ["workspace", "merge", "--abort"],
            ["workspace", "merge", "wintre"], ["workspace", "merge", "winter", "--ff-only"],
            ["workspace", "merge", "winter", "-q"], ["workspace", "resolve", "agents/answering.md", "--theirs"],
            ["workspace", "resolve", "agents/none.md"], ["commit"], ["merge", "refunds", winter, "--no-commit"],
            ["workspace", "conflicts"], ["commit"], ["workspace", "merge", "winter"], ["workspace", "conflicts"],
            ["workspace", "status"])
        #expect(
            text.replacing("amx merge refunds \(winter)", with: "amx merge refunds OID").replacing(
                "amx merge refunds <oid>", with: "amx merge refunds OID") == """
                    $ amx workspace merge winter
                    Merging winter into the workspace left conflicts:
                      text  agents/answering.md
                      json  amx.lock             $.capsules[1], `amx merge refunds OID` brings both together
                    error: cannot conclude the merge of winter into the workspace: 2 conflicts are open
                    hint: resolve them by editing or with `amx workspace resolve PATH`, then `amx commit`; `amx workspace merge --abort` goes back
                    [exit 6]
                    $ amx workspace conflicts
                    Merging winter into the workspace:
                      text  agents/answering.md
                      json  amx.lock             $.capsules[1], `amx merge refunds OID` brings both together
                    $ amx workspace status
                    team main merging winter, 2 conflicts: `amx workspace conflicts` lists them
                      M agents/answering.md
                      M amx.lock
                    $ amx commit
                    error: team has unresolved conflicts: agents/answering.md, amx.lock
                    hint: edit the file and remove the markers, or take a side with `amx workspace resolve PATH --ours`
                    [exit 6]
                    $ amx workspace switch winter
                    error: cannot change team: its merge of winter has not ended
                    hint: conclude it with `amx commit`, or go back with `amx workspace merge --abort`
                    [exit 6]
                    $ amx workspace merge --abort
                    the workspace is as it was before the merge of winter
                    $ amx workspace merge --abort
                    error: team is in no merge
                    hint: start one with `amx workspace merge BRANCH`
                    [exit 3]
                    $ amx workspace merge wintre
                    error: there is no revision wintre
                    hint: did you mean 'winter'?
                    [exit 3]
                    $ amx workspace merge winter --ff-only
                    error: cannot fast-forward team: main has commits that winter lacks
                    hint: merge without --ff-only
                    [exit 6]
                    $ amx workspace merge winter -q
                    Merging winter into the workspace left conflicts:
                      text  agents/answering.md
                      json  amx.lock             $.capsules[1], `amx merge refunds OID` brings both together
                    error: cannot conclude the merge of winter into the workspace: 2 conflicts are open
                    hint: resolve them by editing or with `amx workspace resolve PATH`, then `amx commit`; `amx workspace merge --abort` goes back
                    [exit 6]
                    $ amx workspace resolve agents/answering.md --theirs
                    Resolved agents/answering.md with theirs: 1 is left
                    $ amx workspace resolve agents/none.md
                    error: agents/none.md of team is in no conflict
                    hint: `amx workspace conflicts` lists those that are
                    [exit 3]
                    $ amx commit
                    error: team has unresolved conflicts: amx.lock
                    hint: `amx merge refunds OID` brings both together, or take a side with `amx workspace resolve amx.lock --ours`
                    [exit 6]
                    $ amx merge refunds OID --no-commit
                    Merged <oid> into the working form of refunds: `amx commit refunds` concludes it
                    $ amx workspace conflicts
                    Merging winter into the workspace:
                      json  amx.lock  $.capsules[1], `amx merge refunds OID` brings both together
                    $ amx commit
                    Concluded the merge of <oid> into main of refunds: <oid>, 1 file changed
                    Concluded the merge of winter into main of the workspace: <oid>, 2 files changed
                    orders went to main at <oid>
                    $ amx workspace merge winter
                    the workspace has all of winter already
                    $ amx workspace conflicts
                    the workspace is in no merge
                    $ amx workspace status
                    team main clean

                    """)
        let log = try Tool.git(
            ["log", "-1", "--format=%s%n%P", "main"], in: "\(user.directory)/.aimatrix/workspace.git"
        ).split(separator: "\n")
        #expect(log.first == "Merge branch 'winter'" && log.last?.split(separator: " ").count == 2)
        try check(user)
        try user.fails(2, "workspace", "merge", saying: "amx workspace merge BRANCH")
        try user.fails(2, "workspace", "merge", "winter", "--abort", saying: "winter")
    }

    @Test(arguments: [false, true]) func twoWorkspacesComeTogether(throughAHub: Bool) throws {
        let hub = throughAHub ? try HubProcess() : nil
        let shared = try TemporaryDirectory("amx-shared")
        let ada = try AmxTool("Ada", token: hub?.token).workspace("team", remote: hub?.remote ?? shared.path)
        for id in ["alone", "both", "other"] { try ada.json("new", id) }
        try write(ada, "agents/a.md", "one\ntwo\nthree\nfour\nfive\n")
        try ada.json("commit", "-m", "Start")
        try ada.json("push")
        let guest = try AmxTool("Grace", token: hub?.token)
        try guest.json("clone", "\(hub?.remote ?? shared.path)/team.git")
        let grace = guest.at(guest.home.appending("team"))

        // Each changes a capsule alone, another one together, makes one, and writes.
        for (user, name, line) in [(ada, "ada", "one"), (grace, "grace", "five")] {
            try user.write(user.directory == ada.directory ? "alone" : "other", "\(name).md", "\(name)\n")
            try user.write("both", "\(name).md", "\(name)\n")
            try user.json("new", "of-\(name)")
            try write(user, "agents/a.md", "one\ntwo\nthree\nfour\nfive\n".replacing(line, with: name))
            try user.json("commit", "-m", "Work of \(name)")
        }
        try ada.json("push")
        let refused = try grace.run("push")
        #expect(refused.status == 6)
        try grace.fails(6, "pull", saying: "amx pull --merge")
        let pulled = try grace.json("pull", "--merge")
        #expect(pulled["workspace"]["result"].string == "merged", "\(pulled)")
        let results = Dictionary(
            pulled["pulled"].array.map { ($0["id"].string ?? "", $0["result"].string ?? "") }, uniquingKeysWith: { $1 })
        // What could come forward came with the pull that was refused for the rest.
        #expect(
            results["alone"] == "up-to-date" && results["both"] == "merged" && results["other"] == "up-to-date"
                && results["of-ada"] == "new", "\(results)")
        #expect(
            try String(contentsOfFile: "\(grace.directory)/agents/a.md", encoding: .utf8)
                == "ada\ntwo\nthree\nfour\ngrace\n")
        try check(grace)
        try grace.json("push")
        let back = try ada.json("pull")
        #expect(back["workspace"]["result"].string == "fast-forward")
        for id in ["alone", "both", "other", "of-ada", "of-grace"] {
            #expect(try ada.show(id) == grace.show(id), "\(id)")
        }
        try check(ada)

        // A line, and a file of a capsule, that both change: each stops by itself, and one commit concludes both.
        for (user, name) in [(ada, "ada"), (grace, "grace")] {
            try user.write("both", "README.md", "\(name)\n")
            try user.write("alone", "more-\(name).md", "\(name)\n")
            try write(user, "agents/a.md", "\(name)\n")
            try user.json("commit", "-m", "Clash of \(name)")
        }
        try ada.json("push")
        let stopped = try grace.run("pull", "--merge", "--json")
        #expect(stopped.status == 6)
        let result = try JSONNode(stopped.output)
        let items = Dictionary(
            result["pulled"].array.map { ($0["id"].string ?? "", $0["result"].string ?? "") }, uniquingKeysWith: { $1 })
        #expect(items["both"] == "stopped" && items["alone"] == "merged" && items["other"] == "up-to-date")
        #expect(result["workspace"]["result"].string == "stopped")
        #expect(
            result["workspace"]["conflicts"].array.compactMap { $0["path"].string } == ["agents/a.md", "amx.lock"])
        try grace.fails(6, "commit", saying: "unresolved")
        try grace.json("resolve", "both", "README.md", "--theirs")
        try grace.fails(6, "commit", saying: "agents/a.md")
        try grace.json("workspace", "resolve", "agents/a.md", "--theirs")
        let made = try grace.json("commit")
        #expect(made["commits"][0]["merged"].string == "origin/main")
        #expect(made["workspace"]["merged"].string == "origin/main")
        try check(grace)
        try grace.json("push")
        try ada.json("pull")
        for id in ["alone", "both", "other"] { #expect(try ada.show(id) == grace.show(id), "\(id)") }
        try check(ada)
        if let hub {
            try hub.check("team")
            try hub.checkAll()
        }
    }

    /// One capsule that cannot come forward stops neither the others nor the workspace, and is named.
    @Test func eachFailsByItself() throws {
        let shared = try TemporaryDirectory("amx-shared")
        let ada = try AmxTool("Ada").workspace("team", remote: shared.path)
        for id in ["dirty", "fine"] { try ada.json("new", id) }
        try ada.json("commit", "-m", "Start")
        try ada.json("push")
        let guest = try AmxTool("Grace")
        try guest.json("clone", "\(shared.path)/team.git")
        let grace = guest.at(guest.home.appending("team"))
        for id in ["dirty", "fine"] { try ada.write(id, "more.md", "more\n") }
        try ada.json("commit", "-m", "More")
        try ada.json("push")
        try write(grace, "agents/a.md", "mine\n")
        try grace.json("commit", "-m", "Mine")
        try grace.write("dirty", "mine.md", "mine\n")
        let outcome = try grace.run("pull", "--merge", "--json")
        #expect(outcome.status == 6 && outcome.errors.contains("dirty has uncommitted changes"), "\(outcome.errors)")
        let result = try JSONNode(outcome.output)
        #expect(result["failed"][0]["id"].string == "dirty")
        #expect(result["pulled"].array.contains { $0["id"].string == "fine" && $0["result"].string == "fast-forward" })
        // The workspace does not go by what is not so.
        #expect(try grace.json("workspace", "log")["commits"].array.count == 2)
        try grace.json("discard", "dirty", "--yes")
        #expect(try grace.json("pull", "--merge")["workspace"]["result"].string == "merged")
        try check(grace)
    }
}
