import Foundation
import TestSupport
import Testing

/// Two workspaces of one machine that push to and pull from each other's paths, without a hub.
@Suite(.onTestThreads) struct PathRemoteTests {
    /// Ada's workspace with a released capsule, and Grace's empty one; each has the other as a remote.
    private func neighbours() throws -> (ada: AmxTool, grace: AmxTool) {
        let ada = try AmxTool("Ada").workspace()
        let grace = try AmxTool("Grace").workspace()
        try ada.json("remote", "add", "grace", grace.directory)
        try grace.json("remote", "add", "ada", ada.directory)
        try ada.newCapsule("refunds")
        try ada.json("release", "refunds")
        try ada.json("branch", "refunds", "topic")
        return (ada, grace)
    }

    private func state(_ user: AmxTool) throws -> JSONNode { try user.json("status")["capsules"][0] }

    private enum Way: CaseIterable {
        case pull, pullByName, switchToTheCurrent, switchToAnother
    }

    /// What a neighbour pushed lies in the store without a working form: status says so, and pull or switch bring it out.
    @Test(arguments: Way.allCases) private func whatWasPushedIsBroughtOut(_ way: Way) throws {
        let (ada, grace) = try neighbours()
        let pushed = try ada.json("push", "grace", "refunds", "--all")["pushed"][0]["refs"].array
        #expect(pushed.map { $0["status"].string } == ["ok", "ok", "ok"])
        #expect(try state(grace)["state"].string == "missing")
        #expect(try grace.run("status").text.contains("`amx switch refunds main` brings it back"))
        #expect(try grace.show("refunds@v0.1.0") == ada.show("refunds@v0.1.0"))
        switch way {
        case .pull: try grace.json("pull", "ada")
        case .pullByName: try grace.json("pull", "ada", "refunds")
        case .switchToTheCurrent: try grace.json("switch", "refunds", "main")
        case .switchToAnother: try grace.json("switch", "refunds", "topic")
        }
        let brought = try state(grace)
        #expect(brought["state"].string == "clean" && brought["form"].string == "packed")
        #expect(brought["branch"].string == (way == .switchToAnother ? "topic" : "main"))
        #expect(try grace.json("verify", "refunds")["results"].array.allSatisfy { $0["ok"].bool == true })
        #expect(
            try grace.json("verify", grace.packed("refunds"))["results"][0]["digest"].string
                == ada.show("refunds").digest)
        try grace.check("refunds")
    }

    /// The branch that somebody works on does not move under their feet: exit 6, and what to do.
    @Test func theCurrentBranchIsLeftAlone() throws {
        let (ada, grace) = try neighbours()
        try ada.json("push", "grace")
        try grace.json("pull", "ada")
        let before = try grace.show("refunds").commit
        try ada.write("refunds", "README.md", "more\n")
        try ada.json("commit", "-m", "More")
        let text = try Transcript.of(ada, ["push", "grace"])
        #expect(
            text.replacing(grace.directory, with: "GRACE") == """
                $ amx push grace
                To GRACE
                refunds
                 ! [rejected] main -> main (it is the current branch there)
                warning: the workspace itself was not pushed, because not all of its capsules were
                error: cannot push refs/heads/main of refunds: it is the current branch there
                hint: push another branch, or pull where that branch is worked on
                [exit 6]

                """)
        let told = try ada.run("push", "grace", "--json")
        #expect(told.status == 6 && told.errors.contains("\"code\":\"conflict\""))
        #expect(try JSONNode(told.output)["pushed"][0]["refs"][0]["status"].string == "rejected")
        #expect(try grace.show("refunds").commit == before)
        #expect(try state(grace)["state"].string == "clean")
        // The others move, and a pull there takes what the push could not bring.
        let rest = try ada.run("push", "grace", "--all", "--json")
        #expect(rest.status == 6)
        #expect(
            Set(try JSONNode(rest.output)["pushed"][0]["refs"].array.compactMap { $0["status"].string })
                == ["rejected", "ok", "up-to-date"])
        try grace.json("pull", "ada")
        #expect(try grace.show("refunds") == ada.show("refunds"))
    }

    /// What a hub takes of a branch that nobody works on there, a workspace takes too: another history under a lease, and its end.
    @Test func otherBranchesAreReplacedAndDeleted() throws {
        let (ada, grace) = try neighbours()
        try ada.json("push", "grace", "--all")
        try grace.json("pull", "ada")
        try ada.json("switch", "refunds", "topic")
        for text in ["one\n", "two\n"] {
            try ada.write("refunds", "README.md", text)
            try ada.json("commit", "-m", text)
        }
        try ada.json("push", "grace")
        // Another history of the same branch.
        try Tool.git(["update-ref", "refs/heads/topic", "refs/heads/topic~1"], in: ada.repository("refunds"))
        try ada.json("switch", "refunds", "topic")
        try ada.write("refunds", "README.md", "other\n")
        try ada.json("commit", "-m", "Other")
        try ada.fails(6, "push", "grace", saying: "non-fast-forward")
        try ada.json("push", "grace", "refunds", "--force-with-lease=topic")
        #expect(try grace.show("refunds@topic") == ada.show("refunds"))
        try ada.json("push", "grace", "refunds", "--delete", "topic")
        try grace.fails(3, "show", "refunds@topic")
        try ada.fails(6, "push", "grace", "refunds", "--delete", "main", saying: "it is the current branch there")
        #expect(try state(grace)["state"].string == "clean")
        try grace.check("refunds")
    }

    /// There and back: a branch, changed by the neighbour, comes home.
    @Test func aBranchGoesThereAndBack() throws {
        let (ada, grace) = try neighbours()
        try ada.json("push", "grace", "--all")
        try grace.json("switch", "refunds", "topic")
        try grace.json("edit", "refunds")
        try grace.write("refunds", "NOTES.md", "from Grace\n")
        try grace.json("commit", "-m", "Add notes")
        try grace.json("push", "ada")
        #expect(try ada.show("refunds@topic") == grace.show("refunds"))
        try ada.json("switch", "refunds", "topic")
        #expect(
            try String(contentsOfFile: "\(ada.capsule("refunds"))/NOTES.md", encoding: .utf8) == "from Grace\n")
        #expect(try state(ada)["state"].string == "clean")
        // Now topic is current here, so the next one is refused, and pulled instead.
        try grace.write("refunds", "NOTES.md", "again\n")
        try grace.json("commit", "-m", "Change notes")
        try grace.fails(6, "push", "ada", saying: "it is the current branch there")
        try ada.json("pull", "grace")
        #expect(try ada.show("refunds") == grace.show("refunds"))
        for user in [ada, grace] { try user.check("refunds") }
    }
}
