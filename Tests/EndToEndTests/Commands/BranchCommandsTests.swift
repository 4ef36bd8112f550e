import TestSupport
import Testing

/// Branches made at a revision, renamed and deleted, of capsules and of the workspace.
@Suite(.onTestThreads) struct BranchCommandsTests {
    /// The command that is tested, as words, and what the workspace's own commits are made with.
    enum Owner: String, CaseIterable {
        case capsule
        case workspace

        var branch: [String] { self == .capsule ? ["branch", "refunds"] : ["workspace", "branch"] }
        var switching: [String] { self == .capsule ? ["switch", "refunds"] : ["workspace", "switch"] }
        var name: String { self == .capsule ? "refunds" : "the workspace" }

        /// Commits a change of the capsule or of the workspace's own files.
        func commit(_ user: AmxTool, _ text: String) throws {
            if self == .capsule {
                try user.write("refunds", "README.md", text)
                try user.json("commit", "refunds", "-m", text)
            } else {
                _ = try Tool.run("sh", ["-c", "echo '\(text)' > agents/tone.md"], in: user.directory)
                try user.json("workspace", "commit", "-m", text)
            }
        }
    }

    private static func workspace(_ owner: Owner) throws -> AmxTool {
        let user = try AmxTool().workspace()
        try user.json("new", "refunds")
        try user.json("commit", "-m", "Start")
        try owner.commit(user, "two")
        return user
    }

    private func names(_ user: AmxTool, _ owner: Owner) throws -> [String: String] {
        let list = try JSONNode(user.run(owner.branch + ["--json"]).output)["branches"].array
        return Dictionary(
            list.map { ($0["name"].string ?? "", $0["commit"].string ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    @Test(arguments: Owner.allCases) func aBranchMayStartAnywhere(_ owner: Owner) throws {
        let user = try Self.workspace(owner)
        let made = try user.run(owner.branch + ["old", "main~1"])
        #expect(made.status == 0 && made.text.hasPrefix("Made branch old of "), "\(made.errors)")
        _ = try user.run(owner.branch + ["new"])
        let found = try names(user, owner)
        #expect(found["new"] == found["main"] && found["old"] != found["main"] && found["old"] != nil)
        let unknown = try user.run(owner.branch + ["other", "mian"])
        #expect(unknown.status == 3 && unknown.errors.contains("did you mean 'main'"), "\(unknown.errors)")
        #expect(try user.run(owner.branch + ["a", "b", "c"]).status == 2)
        #expect(try names(user, owner) == found)
    }

    @Test(arguments: Owner.allCases) func whatNothingElseReachesIsNotDeleted(_ owner: Owner) throws {
        let user = try Self.workspace(owner)
        for name in ["merged", "topic"] { _ = try user.run(owner.branch + [name]) }
        #expect(try user.run(owner.switching + ["topic"]).status == 0)
        try owner.commit(user, "three")
        try owner.commit(user, "four")
        #expect(try user.run(owner.switching + ["main"]).status == 0)
        let before = try names(user, owner)

        let current = try user.run(owner.branch + ["--delete", "merged", "main"])
        #expect(current.status == 6 && current.errors.contains("it is the current one"), "\(current.errors)")
        let lost = try user.run(owner.branch + ["merged", "topic", "-d"])
        #expect(lost.status == 6 && lost.errors.contains("2 commits are in no other branch"), "\(lost.errors)")
        #expect(lost.errors.contains("merge") && lost.errors.contains("--force"), "\(lost.errors)")
        let unknown = try user.run(owner.branch + ["-d", "topik"])
        #expect(unknown.status == 3 && unknown.errors.contains("did you mean 'topic'"), "\(unknown.errors)")
        #expect(try names(user, owner) == before)

        // Another branch with the commits is enough, unless it goes as well.
        _ = try user.run(owner.branch + ["copy", "topic"])
        #expect(try user.run(owner.branch + ["-d", "copy", "topic"]).status == 6)
        let deleted = try JSONNode(user.run(owner.branch + ["-d", "merged", "topic", "--json"]).output)
        #expect(deleted["deleted"].array.map { $0["name"].string } == ["merged", "topic"])
        #expect(deleted["deleted"][1]["commit"].string == before["topic"])
        #expect(try user.run(owner.branch + ["-d", "copy", "--force"]).text.hasPrefix("Deleted branch copy of "))
        #expect(try names(user, owner).keys.sorted() == ["main"])
        // What was given up is still there.
        _ = try user.run(owner.branch + ["back", before["topic"] ?? ""])
        #expect(try names(user, owner)["back"] == before["topic"])
    }

    @Test(arguments: Owner.allCases) func branchesAreRenamed(_ owner: Owner) throws {
        let user = try Self.workspace(owner)
        _ = try user.run(owner.branch + ["topic", "main~1"])
        let before = try names(user, owner)
        let taken = try user.run(owner.branch + ["-m", "topic", "main"])
        #expect(taken.status == 6 && taken.errors.contains("exists already"), "\(taken.errors)")
        #expect(try user.run(owner.branch + ["-m", "topic", "bad..name"]).status == 1)
        #expect(try user.run(owner.branch + ["-m", "nowhere", "x"]).status == 3)
        #expect(try names(user, owner) == before)
        let outcome = try user.run(owner.branch + ["topic", "topic/first", "--move"])
        #expect(outcome.text == "Branch topic of \(owner.name) is now topic/first\n", "\(outcome.errors)")
        let moved = try JSONNode(user.run(owner.branch + ["trunk", "--move", "--json"]).output)
        #expect(moved["moved"]["from"].string == "main" && moved["moved"]["to"].string == "trunk")
        #expect(moved["branches"].array.first { $0["current"].bool == true }?["name"].string == "trunk")
        #expect(
            try names(user, owner)
                == ["trunk": before["main"] ?? "", "topic/first": before["topic"] ?? ""])
        // The renamed branch goes on.
        try owner.commit(user, "five")
        #expect(try names(user, owner)["trunk"] != before["main"])
        if owner == .capsule { try user.check("refunds") }
    }

    @Test func whatIsFollowedGoesAlong() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        let copy = try AmxTool().workspace()
        try copy.json("remote", "add", "other", user.directory)
        try copy.json("pull", "other", "refunds")
        func upstreams() throws -> [String: String?] {
            let list = try copy.json("branch", "refunds")["branches"].array
            return Dictionary(uniqueKeysWithValues: list.map { ($0["name"].string ?? "", $0["upstream"].string) })
        }
        try copy.json("branch", "refunds", "topic", "other/main")
        #expect(try upstreams()["topic"] == "other/main")
        try copy.json("branch", "refunds", "-m", "topic", "theme")
        #expect(try upstreams()["theme"] == "other/main")
        try copy.json("branch", "refunds", "-d", "theme")
        try copy.json("branch", "refunds", "theme")
        #expect(try upstreams()["theme"] == .some(nil))
        // Commits that a remote's branch has are not lost.
        try user.write("refunds", "README.md", "changed\n")
        try user.json("commit", "-m", "Change")
        try copy.json("fetch", "other")
        try copy.json("branch", "refunds", "theirs", "other/main")
        try copy.json("branch", "refunds", "-d", "theirs")
    }

    @Test func optionsThatExcludeEachOther() throws {
        let user = try AmxTool().workspace()
        try user.newCapsule("refunds")
        for options in [
            ["-d", "-m", "x"], ["--force", "x"], ["-d"], ["-m"], ["-d", "x", "--no-upstream"], ["-m", "a", "b", "c"],
            ["-m", "x", "--upstream", "o/m"],
        ] {
            let outcome = try user.run(["branch", "refunds"] + options)
            #expect(outcome.status == 2, "\(options): \(outcome.text)\(outcome.errors)")
        }
        try user.fails(2, "branch", "refunds", "-D", "x", saying: "--delete --force")
        #expect(try user.json("branch", "refunds")["branches"].array.count == 1)
    }
}
