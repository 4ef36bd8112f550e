import Foundation
import TestSupport
import Testing

/// The commands that talk to a hub, word for word.
@Suite(.onTestThreads) struct RemoteCommandsTests {
    @Test func pushFetchAndPull() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("refunds")
        try ada.json("release", "refunds")
        var text = try Transcript.of(ada, ["push"], ["push"], ["push", "nowhere"], ["status"])
        text += try Transcript.of(grace, ["pull", "refunds"], ["pull"], ["status"], ["edit", "refunds", "-q"])
        try grace.write("refunds", "README.md", "Grace\n")
        try grace.json("commit", "-m", "Change")
        text += try Transcript.of(grace, ["status"], ["push", "origin", "refunds"])
        text += try Transcript.of(ada, ["fetch"], ["status"], ["pull"])
        #expect(
            text == """
                $ amx push
                To http://127.0.0.1:<port>/acme
                refunds
                 * [new branch] main -> main
                 * [new release] v0.1.0
                $ amx push
                To http://127.0.0.1:<port>/acme
                1 capsule is up to date
                $ amx push nowhere
                error: 'nowhere' is neither a remote nor a capsule of this workspace
                hint: `amx remote` lists the remotes, `amx status` the capsules
                [exit 3]
                $ amx status
                refunds  directory  main  clean
                $ amx pull refunds
                From http://127.0.0.1:<port>/acme
                refunds is new, on main at <oid>
                 * [new branch] main -> origin/main
                 * [new release] v0.1.0
                $ amx pull
                From http://127.0.0.1:<port>/acme
                1 capsule is up to date
                $ amx status
                refunds  packed  main  clean
                $ amx edit refunds -q
                $ amx status
                refunds  directory  main  clean, 1 ahead of origin/main
                $ amx push origin refunds
                To http://127.0.0.1:<port>/acme
                refunds
                   <oid>..<oid> main -> main
                $ amx fetch
                From http://127.0.0.1:<port>/acme
                refunds
                   <oid>..<oid> main -> origin/main
                $ amx status
                refunds  directory  main  clean, 1 behind origin/main
                $ amx pull
                From http://127.0.0.1:<port>/acme
                refunds main went from <oid> to <oid>

                """)
        #expect(try ada.run("cat", "refunds", "README.md").text == "Grace\n")
    }

    @Test func whatHasDivergedIsLeftAlone() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        try ada.newCapsule("refunds")
        try ada.newCapsule("other")
        try ada.json("push")
        try grace.json("pull", "refunds")
        try grace.json("edit", "refunds")
        for (user, text) in [(ada, "Ada\n"), (grace, "Grace\n")] {
            try user.write("refunds", "README.md", text)
            try user.json("commit", "-m", "Change")
        }
        try ada.json("push", "origin", "refunds")
        let before = try hub.refs("refunds")
        let text = try Transcript.of(grace, ["push"], ["pull"], ["status"])
        #expect(
            text == """
                $ amx push
                To http://127.0.0.1:<port>/acme
                refunds
                 ! [rejected] main -> main (non-fast-forward: origin has commits that are not in this branch)
                warning: the workspace itself was not pushed, because not all of its capsules were
                error: cannot push refs/heads/main of refunds: non-fast-forward: origin has commits that are not in this branch
                hint: run `amx pull origin refunds --merge` first, then push again
                [exit 6]
                $ amx pull
                error: refunds: main and the fetched branch have diverged
                hint: bring them together with `amx pull --merge`, or keep your commits on a new branch with `amx switch refunds NAME --create`
                [exit 6]
                $ amx status
                refunds  directory  main  clean, 1 ahead and 1 behind origin/main

                """)
        #expect(try hub.refs("refunds") == before)
        #expect(try grace.run("cat", "refunds", "README.md").text == "Grace\n")
        let rejected = try grace.run("push", "--json")
        #expect(rejected.status == 6)
        let ref = try JSONNode(rejected.output)["pushed"][0]["refs"][0]
        #expect(ref["status"].string == "rejected" && ref["reason"].string?.hasPrefix("non-fast-forward") == true)
        #expect(try JSONNode(Array(rejected.errors.utf8))["error"]["code"].string == "conflict")
    }

    @Test func cloneMakesAWorkspaceOrNothing() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        let commit = try ada.newCapsule("refunds")
        try ada.json("push")
        let guest = try AmxTool("Guest", token: hub.token)
        let cloned = try guest.json("clone", "\(hub.remote)/refunds.git")
        #expect(cloned["workspace"].string == guest.home.appending("refunds"))
        #expect(cloned["capsules"] == .array([.string("refunds")]) && cloned["commit"] == commit["commit"])
        let inside = guest.at(guest.home.appending("refunds"))
        #expect(try inside.json("status")["capsules"][0]["form"].string == "packed")
        #expect(try inside.json("remote")["remotes"][0]["url"].string == hub.remote)
        #expect(try inside.json("pull")["pulled"][0]["result"].string == "up-to-date")

        try guest.fails(6, "clone", "\(hub.remote)/refunds.git", saying: "exists already")
        try guest.fails(3, "clone", "\(hub.remote)/nothere.git", saying: "nothere")
        try guest.fails(2, "clone", hub.url, saying: "is not the address of a capsule or workspace")
        try guest.with(token: "wrong").fails(4, "clone", "\(hub.remote)/refunds.git", "other")
        try guest.fails(8, "clone", "http://127.0.0.1:1/acme/refunds.git", "other")
        let entries = try FileManager.default.contentsOfDirectory(atPath: guest.home.path).filter { !$0.hasPrefix(".") }
        #expect(entries == ["refunds"])
    }

    @Test func tokens() throws {
        let hub = try HubProcess()
        let user = try AmxTool().workspace(remote: hub.remote)
        try user.newCapsule("refunds")
        try user.fails(4, "push", saying: "amx login")
        try user.fails(2, "login", hub.url, saying: "no token was given")
        let stored = try user.json("login", hub.url, input: "  \(hub.token)\r\n")
        #expect(stored == .object(["origin": .string(hub.url), "address": .string(hub.url)]))
        #expect(try user.json("push")["pushed"][0]["refs"][0]["status"].string == "ok")
        let file = user.home.appending(".config/amx/credentials")
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try user.with(token: "amx_wrong").fails(4, "fetch")
        #expect(try user.json("logout", hub.url)["removed"].bool == true)
        #expect(try user.json("logout", hub.url)["removed"].bool == false)
        try user.fails(4, "fetch")
        try user.fails(7, "login", "http://hub.example", saying: "unencrypted")

        let reader = try hub.makeToken("read").text
        #expect(try user.with(token: reader).json("fetch")["fetched"].array.count == 1)
        try user.write("refunds", "README.md", "changed\n")
        try user.json("commit", "-m", "Change")
        try user.with(token: reader).fails(4, "push")
        try user.with(token: hub.token).fails(3, "pull", "nothere", saying: "nothere")
        let all = try user.run("push", "--json").errors + user.run("status").text
        #expect(!all.contains(hub.token))
    }

    @Test func anotherWorkspaceIsARemote() throws {
        let ada = try AmxTool().workspace("ada")
        try ada.newCapsule("refunds")
        let grace = try ada.at(ada.home.path).workspace("grace", remote: "../ada")
        #expect(try grace.json("remote")["remotes"][0]["url"].string == ada.home.appending("ada"))
        #expect(try grace.json("pull", "refunds")["pulled"][0]["result"].string == "new")
        try grace.json("edit", "refunds")
        try grace.write("refunds", "README.md", "Grace\n")
        try grace.json("commit", "-m", "Change")
        // Ada works on main, so main does not move under her feet.
        let refused = try grace.run("push", "--json")
        #expect(try JSONNode(refused.output)["pushed"][0]["refs"][0]["status"].string == "rejected")
        #expect(refused.status != 0)
        try grace.json("switch", "refunds", "grace", "--create")
        #expect(try grace.json("push")["pushed"][0]["refs"][0]["status"].string == "ok")
        #expect(try ada.json("switch", "refunds", "grace")["branch"].string == "grace")
        #expect(try ada.run("cat", "refunds", "README.md").text == "Grace\n")
        try ada.fails(3, "pull", saying: "there is no remote origin")
    }

    @Test func whatAKilledPullLeftIsSwept() throws {
        let ada = try AmxTool().workspace("ada")
        try ada.newCapsule("refunds")
        let grace = try ada.at(ada.home.path).workspace("grace", remote: "../ada")
        let dead = try Tool.run("sh", ["-c", "echo $$"]).text.trimmingCharacters(in: .newlines)
        let living = ProcessInfo.processInfo.processIdentifier
        let store = "\(grace.directory)/.aimatrix/store"
        for name in [".pull-\(dead)-abc.git", ".pull-\(living)-abc.git"] {
            try FileManager.default.createDirectory(
                atPath: "\(store)/\(name)/objects", withIntermediateDirectories: true)
        }
        try grace.fails(3, "pull", "nothere")
        #expect(try grace.json("status")["capsules"].array.isEmpty)
        try grace.json("pull", "refunds")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: store).sorted()
                == [".pull-\(living)-abc.git", "refunds.git"])
    }

    @Test func capsulesThatTheRemoteLacksArePassedOver() throws {
        let hub = try HubProcess()
        let user = try AmxTool(token: hub.token).workspace(remote: hub.remote)
        try user.newCapsule("mine")
        try user.fails(3, "pull", saying: "mine")
        try user.newCapsule("shared")
        try user.json("push", "origin", "shared")
        let pulled = try user.json("pull")
        #expect(pulled["pulled"].array.map { $0["id"].string } == ["shared"])
        #expect(pulled["absent"] == .array([.string("mine")]))
        #expect(try user.json("fetch")["absent"] == .array([.string("mine")]))
        try user.fails(3, "fetch", "origin", "mine")
    }
}
