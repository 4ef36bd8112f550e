import Foundation
import TestSupport
import Testing

/// What commands do at a workspace's root, where no capsule is named.
@Suite(.onTestThreads) struct WholeWorkspaceTests {
    @Test func aDifferenceOfEverything() throws {
        let user = try AmxTool().workspace()
        for id in ["catalog", "refunds", "same"] { try user.json("new", id) }
        try user.json("commit", "-m", "Start")
        #expect(try user.run("diff").text.isEmpty)
        #expect(try user.run("diff", "--exit-code").status == 0)
        try user.write("catalog", "README.md", "changed\n")
        try user.write("refunds", "räume.txt", "eins\n")
        try user.home.write("work/agents/tone.md", text: "Answer soon.\n")
        #expect(
            try user.run("diff", "--name-status").text == """
                catalog
                M\tREADME.md

                refunds
                A\träume.txt

                workspace work
                A\tagents/tone.md

                """)
        let summary = try user.run("diff").text
        for title in ["catalog  ", "\n\nrefunds  ", "\n\nworkspace work  "] {
            #expect(summary.contains(title), "\(summary)")
        }
        #expect(!summary.contains("same"))
        #expect(try user.run("diff", "--stat", "--exit-code").status == 1)
        let all = try user.json("diff")
        #expect(all["capsules"].array.map { $0["id"].string } == ["catalog", "refunds"])
        #expect(all["workspace"]["workspace"].string == "work" && all["workspace"]["changes"].array.count == 1)
        #expect(try user.json("diff", "catalog") == all["capsules"][0])

        // The whole patch applies at the root of a copy.
        let patch = try user.run("diff", "--patch")
        let copy = user.home.appending("copy")
        try FileManager.default.copyItem(atPath: user.directory, toPath: copy)
        try Tool.git(["apply", "-R", "-"], in: copy, input: patch.output)
        #expect(try user.at(copy).run("diff").text.isEmpty)
        // In a folder of the workspace it is the same, in a capsule's directory that capsule's.
        #expect(try user.at("\(user.directory)/agents").run("diff", "-p").text == patch.text)
        #expect(try user.at(user.capsule("refunds")).json("diff")["id"].string == "refunds")
    }

    @Test func aStatusOfEverything() throws {
        let folder = try TemporaryDirectory()
        let user = try AmxTool().workspace(remote: folder.path)
        try user.newCapsule("refunds")
        // Capsules may be all that somebody wants of a workspace.
        let alone = try user.run("status").text
        #expect(alone == "refunds  directory  main  clean\n")
        try user.json("commit", "-m", "Start")
        try user.json("push")
        #expect(try user.run("status").text == alone)
        #expect(try user.json("status")["workspace"]["state"].string == "clean")
        try user.home.write("work/agents/tone.md", text: "Answer soon.\n")
        #expect(try user.run("status").text == "\(alone)workspace work  main modified\n  A agents/tone.md\n")
        #expect(try user.run("status", "refunds").text == alone)
        #expect(try user.json("status", "refunds")["workspace"] == .null)
        let own = try user.json("status")["workspace"]
        let full = try user.json("workspace", "status")
        for key in ["branch", "head", "base", "state", "changes", "upstream", "ahead", "behind", "problem", "merge"] {
            #expect(own[key] == full[key], "\(key)")
        }
        #expect(own["id"] == full["workspace"] && own["changes"].array.count == 1)
        try user.json("workspace", "commit", "-m", "Tone")
        #expect(try user.run("status").text == "\(alone)workspace work  main clean, 1 ahead of origin/main\n")
        // What keeps the workspace from being committed is no capsule's fault, and is told with them.
        try user.home.write("work/agents/a:b", text: "x")
        let broken = try user.run("status")
        #expect(broken.status == 1 && broken.text.hasPrefix("\(alone)workspace work  main cannot be read"))
        #expect(broken.errors.contains("agents/a:b"), "\(broken.errors)")
    }

    @Test func aHistoryWithoutACapsule() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        // Nothing but the capsule has a commit.
        #expect(try user.json("log") == user.json("log", "refunds"))
        try user.newCapsule("other")
        try user.fails(2, "log", saying: "no capsule is named")
        try user.json("commit", "-m", "Both")
        #expect(try user.json("log") == user.json("workspace", "log"))
        #expect(try user.run("log").text == user.run("workspace", "log").text)
        #expect(try user.at(user.capsule("other")).json("log")["id"].string == "other")
    }

    @Test func hintsNameNoCapsuleThatIsNone() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.json("new", "refunds")
        try ada.json("commit", "-m", "Start")
        try ada.json("push")
        let grace = try AmxTool("Grace", token: hub.token)
        try grace.json("clone", "\(hub.remote)/work", "work")
        for user in [ada, grace.at(grace.home.appending("work"))] {
            try user.home.write("work/agents/tone.md", text: "\(user.home.path)\n")
            try user.json("commit", "-m", "Tone")
        }
        try ada.json("push")
        let work = grace.at(grace.home.appending("work"))
        let rejected = try work.run("push")
        #expect(rejected.status == 6)
        #expect(rejected.errors.contains("hint: run `amx pull origin --merge` first"), "\(rejected.errors)")
        // The hint holds: the pull gets as far as the files that both have.
        let merged = try work.run("pull", "origin", "--merge")
        #expect(merged.status == 6 && merged.text.contains("agents/tone.md"), "\(merged.text)\(merged.errors)")
        try work.json("workspace", "merge", "--abort")

        try work.json("switch", "refunds", "topic", "--create")
        let nothing = try work.run("pull", "origin", "refunds")
        #expect(nothing.status == 0)
        #expect(
            nothing.text.contains(
                "refunds has no branch there to follow: `amx push origin refunds` brings its branch there, "
                    + "`amx branch refunds --upstream origin/BRANCH` follows another"), "\(nothing.text)")
        try work.json("push", "origin", "refunds")
        #expect(try work.run("pull", "origin", "refunds").text.contains("refunds topic stays at"))
    }

    @Test func theDirectoryOfAnUnpacking() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.json("pack", "refunds@main", "-o", "a.kc")
        let outside = user.at(user.home.path)
        // -C is where the command runs, for the file and for the directory.
        #expect(try outside.json("-C", "work", "unpack", "a.kc", "out")["path"].string == "\(user.directory)/out")
        #expect(try outside.json("unpack", "a.kc", "-C", "work")["path"].string == "\(user.directory)/a")
        try outside.fails(3, "unpack", "a.kc", "out")
        try outside.fails(1, "unpack", "work/a.kc", "-C", "nothing", saying: "cannot change to the directory nothing")
    }
}
