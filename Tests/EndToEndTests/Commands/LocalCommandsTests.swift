import Foundation
import TestSupport
import Testing

/// The commands that touch no network, word for word.
@Suite(.onTestThreads) struct LocalCommandsTests {
    @Test func directoriesAddUp() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        let status = try user.run("status").text
        #expect(!status.isEmpty)
        for options in [
            ["-C", "knowledge", "-C", ".."], ["-C", "..", "-C", user.directory],
            ["-C", "knowledge", "-C", "", "-C", ".."],
            ["-C", "/", "-C", String(user.directory.dropFirst())],
        ] {
            #expect(try user.run(options + ["status"]).text == status, "\(options)")
            #expect(
                try user.run(Array(options.prefix(2)) + ["status"] + options.dropFirst(2)).text == status, "\(options)")
        }
        try user.fails(1, "-C", "knowledge", "-C", "nothing", "status", saying: "knowledge/nothing")
    }

    @Test func aNestedWorkspaceIsWarnedOf() throws {
        let user = try AmxTool().workspace()
        let made = try user.run("init", "inner")
        #expect(made.status == 0 && made.errors.contains("warning: it lies in the workspace"), "\(made.errors)")
        #expect(try user.run("init", "inner").errors.isEmpty)
    }

    @Test func firstSteps() throws {
        let user = try AmxTool()
        let text = try Transcript.of(
            user, ["init", "team"], ["init", "team"], ["-C", "team", "new", "refunds"], ["-C", "team", "status"],
            ["-C", "team", "commit", "-m", "Start"], ["-C", "team", "status"], ["-C", "team", "commit", "-m", "Again"],
            ["-C", "team", "new", "refunds"])
        #expect(
            text == """
                $ amx init team
                Made a workspace in ~/team
                $ amx init team
                There is a workspace in ~/team already
                $ amx -C team new refunds
                Made refunds in knowledge/capsules/refunds
                $ amx -C team status
                refunds  directory  main  new, never committed
                $ amx -C team commit -m Start
                Committed refunds on main: <oid>, 7 files changed
                Committed the workspace on main: <oid>, 2 files changed
                $ amx -C team status
                refunds  directory  main  clean
                $ amx -C team commit -m Again
                Nothing to commit
                $ amx -C team new refunds
                error: there is a capsule refunds in this workspace already
                hint: choose another id
                [exit 6]

                """)
    }

    @Test func changesAndDifferences() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "README.md", "one\ntwo\n")
        try user.json("commit", "-m", "Shorten")
        try user.write("refunds", "README.md", "one\nzwei\n")
        try user.write("refunds", "new.md", "new\n")
        try FileManager.default.removeItem(atPath: "\(user.capsule("refunds"))/CHANGELOG.md")
        let text = try Transcript.of(
            user, ["status"], ["diff", "refunds", "--name-status"], ["diff", "refunds", "--stat"],
            ["diff", "refunds", "main~1", "main", "--name-status"], ["diff", "refunds", "--stat", "--name-status"])
        #expect(
            text == """
                $ amx status
                refunds  directory  main  modified
                  D CHANGELOG.md
                  M README.md
                  A new.md
                $ amx diff refunds --name-status
                D\tCHANGELOG.md
                M\tREADME.md
                A\tnew.md
                $ amx diff refunds --stat
                 CHANGELOG.md  | 5 -----
                 README.md     | 2 +-
                 new.md        | 1 +
                 3 files changed, 2 insertions(+), 6 deletions(-)
                $ amx diff refunds main~1 main --name-status
                M\tREADME.md
                $ amx diff refunds --stat --name-status
                error: --patch, --name-status and --stat exclude each other
                hint: run `amx diff --help` for its arguments
                [exit 2]

                """)
    }

    @Test func unifiedDiffTextAppliesWithGit() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "data/räume.txt", "eins\n")
        try user.write("refunds", "README.md", "no line end")
        try FileManager.default.removeItem(atPath: "\(user.capsule("refunds"))/CHANGELOG.md")
        let before = try TemporaryDirectory("amx-e2e-apply")
        try user.json("pack", "refunds@main", "-o", before.appending("before.kc"))
        try user.json("unpack", before.appending("before.kc"), before.appending("tree"))
        let patch = try user.run("diff", "refunds", "-p")
        #expect(patch.status == 0)
        try Tool.git(["apply", "-"], in: before.appending("tree"), input: patch.output)
        let expected = try DigestOracle.digest(directory: user.capsule("refunds"))
        #expect(try DigestOracle.digest(directory: before.appending("tree")) == expected)
    }

    @Test func branchesKeepWhatIsNotCommitted() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        var text = try Transcript.of(
            user, ["branch", "refunds", "lower-limit"], ["branch", "refunds"], ["branch", "refunds", "lower-limit"],
            ["branch", "refunds", "bad..name"], ["switch", "refunds", "lower-limit"])
        try user.write("refunds", "README.md", "changed\n")
        try user.json("commit", "-m", "Change")
        try user.write("refunds", "README.md", "changed again\n")
        text += try Transcript.of(
            user, ["switch", "refunds", "main"], ["switch", "refunds", "elsewhere"],
            ["switch", "refunds", "third", "--create"], ["status"])
        #expect(
            text == """
                $ amx branch refunds lower-limit
                Made branch lower-limit of refunds at <oid>
                $ amx branch refunds
                  lower-limit <oid>
                * main <oid>
                $ amx branch refunds lower-limit
                error: refunds: the branch lower-limit exists already, at <oid>
                hint: go there with `amx switch refunds lower-limit`
                [exit 6]
                $ amx branch refunds bad..name
                error: bad..name is not a name for a branch
                hint: use letters, digits, `-` and `/`, for example feature/refunds
                [exit 1]
                $ amx switch refunds lower-limit
                refunds is on lower-limit at <oid>
                $ amx switch refunds main
                error: refunds has uncommitted changes: README.md
                hint: commit them with `amx commit refunds -m "..."`, or put them aside with `amx stash refunds`
                [exit 6]
                $ amx switch refunds elsewhere
                error: refunds has no branch elsewhere
                hint: make it with `amx switch refunds elsewhere --create`; `amx branch refunds` lists those that exist
                [exit 3]
                $ amx switch refunds third --create
                refunds is on the new branch third at <oid>
                $ amx status
                refunds  directory  third  modified
                  M README.md

                """)
        #expect(try user.run("cat", "refunds", "README.md").text == "changed again\n")
    }

    /// What git pushes into the store moves a branch under the working form.
    @Test func aBranchThatGitHasMovedIsShownAndCaughtUpWith() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.newCapsule("other")
        let first = try user.show("refunds").commit
        let clone = user.home.appending("clone")
        try Tool.git(["clone", "-q", user.repository("refunds"), clone], in: "/")
        try Data("# By git\n".utf8).write(to: URL(fileURLWithPath: "\(clone)/CHANGELOG.md"))
        try Tool.git(["commit", "-qam", "By git"], in: clone)
        try Tool.git(["push", "-q", "origin", "main"], in: clone)
        let second = try user.show("refunds").commit
        // Twice: what is remembered of clean capsules must not hide it.
        for _ in 0..<2 {
            let text = try user.run("status").text
            #expect(
                text.contains(
                    "clean, main has moved to \(second.prefix(10)): `amx switch refunds main --keep` goes there\n"),
                "\(text)")
            let status = try user.json("status")["capsules"]
            #expect(status[0]["base"] == status[0]["head"] && status[1]["id"].string == "refunds")
            #expect(status[1]["base"].string == first && status[1]["head"].string == second)
        }
        try user.write("refunds", "README.md", "mine\n")
        for words in [["commit", "-m", "Mine"], ["switch", "refunds", "topic", "--create"]] {
            let outcome = try user.run(words)
            #expect(outcome.status == 6, "\(outcome.errors)")
            #expect(
                outcome.errors.hasSuffix(
                    "hint: `amx switch refunds main --keep` goes there, with what you have changed\n"),
                "\(outcome.errors)")
        }
        try user.json("switch", "refunds", "main", "--keep")
        let status = try user.json("status", "refunds")["capsules"][0]
        #expect(status["base"].string == second && status["changes"].array.map { $0["path"].string } == ["README.md"])
        #expect(try user.run("status").text.contains("moved") == false)
        try user.json("commit", "-m", "Mine")
    }

    @Test func theDirectoryBelowAUserMayGo() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        let outcome = try Tool.run(
            "sh", ["-c", "\"$0\" pack -q && \"$0\" status", Executables.amx], in: user.capsule("refunds"),
            environment: user.environment)
        #expect(outcome.status == 3)
        #expect(
            outcome.errors == """
                error: cannot tell the current directory: it has been removed
                hint: go to one that is there; `amx pack` and `amx edit` replace a capsule's directory

                """)
    }

    @Test func releasesAreWrittenOnce() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        var text = try Transcript.of(user, ["release", "refunds"], ["release", "refunds"])
        try user.write("refunds", "README.md", "changed\n")
        try user.json("commit", "-m", "Change")
        text += try Transcript.of(user, ["release", "refunds"], ["log", "refunds"], ["log", "refunds", "-n", "1"])
        #expect(
            text == """
                $ amx release refunds
                Released refunds 0.1.0: tag v0.1.0 at <oid>
                $ amx release refunds
                refunds 0.1.0 is released already, with the same content (<oid>)
                $ amx release refunds
                error: refunds 0.1.0 is released already, with other content (<oid>)
                hint: raise the version in manifest.json, commit it, and release that
                [exit 6]
                $ amx log refunds
                <oid>  <time>  Ada  Change
                <oid>  <time>  Ada  Start (v0.1.0)
                $ amx log refunds -n 1
                <oid>  <time>  Ada  Change

                """)
    }

    @Test func formsAndFiles() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", ".amxignore", "*.tmp\n")
        try user.json("commit", "-m", "Ignore")
        try user.write("refunds", "scratch.tmp", "mine\n")
        var text = try Transcript.of(user, ["pack", "refunds"])
        #expect(FileManager.default.fileExists(atPath: "\(user.capsule("refunds"))/scratch.tmp"))
        try FileManager.default.removeItem(atPath: "\(user.capsule("refunds"))/scratch.tmp")
        text += try Transcript.of(
            user, ["pack", "refunds", "-q"], ["pack", "refunds@main"], ["status"], ["edit", "refunds"],
            ["edit", "refunds"],
            ["unpack", "nothing.kc"])
        #expect(
            text == """
                $ amx pack refunds
                error: refunds: packing would lose files that are ignored: scratch.tmp
                hint: move or remove them first
                [exit 6]
                $ amx pack refunds -q
                $ amx pack refunds@main
                error: cannot pack refunds@main in place: a revision goes to a file
                hint: name the file with -o FILE, or leave the revision out
                [exit 2]
                $ amx status
                refunds  packed  main  clean
                $ amx edit refunds
                refunds can be edited in knowledge/capsules/refunds
                $ amx edit refunds
                refunds can be edited in knowledge/capsules/refunds
                $ amx unpack nothing.kc
                error: cannot unpack nothing.kc: there is no such file
                hint: check the path, or make one with `amx pack`
                [exit 3]

                """)
    }

    @Test func theIDMayBeLeftOutInsideACapsule() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.newCapsule("other")
        try user.write("refunds", "README.md", "changed\n")
        try user.write("other", "README.md", "changed\n")
        let inside = user.at(user.capsule("refunds") + "/knowledge")
        let commits = try inside.json("commit", "-m", "Inside")["commits"].array
        #expect(commits.map { $0["id"].string } == ["refunds"])
        #expect(try inside.json("release")["id"].string == "refunds")
        #expect(try inside.json("log")["commits"].array.count == 2)
        #expect(try inside.json("show", "@main~1")["id"].string == "refunds")
        #expect(try inside.json("branch", "new")["branches"].array.count == 2)
        #expect(try inside.json("branch", "other")["id"].string == "other")
        #expect(try inside.json("switch", "new")["branch"].string == "new")
        #expect(try inside.json("diff", "v0.1.0", "main~1")["changes"].array.count == 1)
        #expect(try inside.run("cat", "README.md").text == "changed\n")
        #expect(try inside.json("verify")["results"].array.count == 2)
        try user.fails(2, "release", saying: "no capsule is named")
        try user.fails(2, "cat", "refunds", saying: "a capsule and a path are needed")
        try user.fails(2, "switch", "refunds", saying: "a capsule and a branch are needed")
    }

    @Test func messagesCannotSteerATerminal() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        try user.write("refunds", "README.md", "changed\n")
        try user.json("commit", "-m", "Innocent \u{1B}[2J\u{202E}text")
        for command in [["log", "refunds"], ["show", "refunds"]] {
            let text = try user.run(command).text
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
            #expect(text.contains("Innocent \\u{1b}[2J\\u{202e}text"))
        }
    }
}
