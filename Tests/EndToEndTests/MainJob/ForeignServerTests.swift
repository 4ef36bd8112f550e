import Foundation
import TestSupport
import Testing

/// Repositories on other git servers, as they come.
@Suite(.onTestThreads) struct ForeignServerTests {
    @Test func takesBranchesAndReleasesAndLeavesTheRest() throws {
        let server = try GitBackendProcess()
        let work = try GitCopy(capsule: "demo")
        try server.create("demo")
        let remote = "\(server.url)/demo.git"
        try work.git("branch", "--move", "trunk")
        try work.git("tag", "-a", "v1.0.0", "-m", "First")
        try work.git("tag", "nightly")
        try work.git("notes", "add", "-m", "A note")
        try work.git("push", "--quiet", remote, "trunk", "trunk:alpha", "v1.0.0", "nightly", "refs/notes/commits")
        try Tool.git(["symbolic-ref", "HEAD", "refs/heads/trunk"], in: server.repository("demo"))
        // As servers keep them after maintenance.
        try Tool.git(["gc", "--quiet", "--aggressive", "--prune=now"], in: server.repository("demo"))
        let grace = try AmxTool("Grace").workspace(remote: server.url)
        let pulled = try grace.json("pull", "origin", "demo")["pulled"][0]
        #expect(pulled["branch"].string == "trunk")
        #expect(try pulled["new"].string == work.head)
        let refs = try Tool.git(["for-each-ref", "--format=%(refname)"], in: grace.repository("demo"))
        #expect(
            refs.split(separator: "\n").filter { !$0.hasPrefix("refs/amx/") } == [
                "refs/heads/trunk", "refs/remotes/origin/alpha", "refs/remotes/origin/trunk", "refs/tags/v1.0.0",
            ])
        // A lightweight tag is no release: it is told and left, and what is sound comes.
        try work.write("knowledge/more.md", "more\n")
        try work.commit("More")
        try work.git("tag", "v1.0.1")
        try work.git("push", "--quiet", remote, "trunk", "v1.0.1")
        let fetched = try grace.run("fetch", "--json")
        #expect(fetched.status != 0)
        let outcomes = try JSONNode(fetched.output)["fetched"][0]["refs"].array
        #expect(outcomes.contains { $0["ref"].string == "refs/tags/v1.0.1" && $0["status"].string == "rejected" })
        #expect(try grace.show("demo@origin/trunk").commit == work.head)
        try grace.check("demo")
    }

    @Test func refusesLongIdsAndMovedReleases() throws {
        let server = try GitBackendProcess()
        let grace = try AmxTool("Grace").workspace(remote: server.url)
        try Tool.git(
            ["init", "--quiet", "--bare", "--object-format=sha256", server.repository("long")], in: grace.home.path)
        try grace.fails(1, "pull", "origin", "long", saying: "sha256")
        #expect(try grace.json("status")["capsules"].array.isEmpty)
        let work = try GitCopy(capsule: "demo")
        try server.create("demo")
        let remote = "\(server.url)/demo.git"
        try work.git("tag", "-a", "v1.0.0", "-m", "First")
        try work.git("push", "--quiet", remote, "main", "v1.0.0")
        try grace.json("pull", "origin", "demo")
        let tag = try Tool.git(["rev-parse", "refs/tags/v1.0.0"], in: grace.repository("demo"))
        // A server that replaces a release is told on, and what is here stays.
        try work.write("knowledge/more.md", "more\n")
        try work.commit("More")
        try work.git("tag", "--force", "-a", "v1.0.0", "-m", "Again")
        try work.git("push", "--quiet", "--force", remote, "v1.0.0")
        let fetched = try grace.run("fetch", "--json")
        #expect([5, 6].contains(fetched.status), "\(fetched.errors)")
        #expect(try Tool.git(["rev-parse", "refs/tags/v1.0.0"], in: grace.repository("demo")) == tag)
        // Nor does it get lost when the server takes it back.
        try work.git("push", "--quiet", remote, ":refs/tags/v1.0.0")
        try grace.json("fetch")
        #expect(try Tool.git(["rev-parse", "refs/tags/v1.0.0"], in: grace.repository("demo")) == tag)
        // A branch that was rewritten there is followed by the remote branch only.
        try work.git("commit", "--quiet", "--amend", "-m", "Rewritten")
        try work.git("push", "--quiet", "--force", remote, "main")
        try grace.json("fetch")
        #expect(try grace.show("demo@origin/main").commit == work.head)
    }

    @Test func carriesManyFiles() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada", token: hub.token).workspace(remote: hub.remote)
        try ada.json("new", "demo")
        let filled = try Tool.run(
            "sh", ["-ec", "for d in $(seq 1 30); do mkdir d$d; (cd d$d; seq 1 3000 | split -l 50 -a 2 - f); done"],
            in: ada.capsule("demo"))
        #expect(filled.status == 0)
        let commit = try ada.json("commit", "-m", "Many")["commits"][0]
        #expect(try #require(commit["files"].int) > 1_800)
        try ada.json("push")
        try hub.check("demo")
        let grace = try AmxTool("Grace", token: hub.token).workspace(remote: hub.remote)
        try grace.json("pull", "origin", "demo")
        #expect(try grace.show("demo").digest == DigestOracle.digest(directory: ada.capsule("demo")))
        #expect(try GitCopy(cloning: hub.address("demo")).digest() == grace.show("demo").digest)
    }
}
