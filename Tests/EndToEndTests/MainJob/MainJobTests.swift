import Foundation
import TestSupport
import Testing

/// The main job from end to end: a capsule is made, released, pushed, pulled elsewhere, changed and pushed back.
@Suite(.onTestThreads) struct MainJobTests {
    /// Ada makes and releases a capsule, and pushes it to where `remote` leads.
    private func publish(_ ada: AmxTool, _ id: String) throws -> (commit: String, digest: String) {
        try ada.json("new", id)
        try ada.write(id, "knowledge/rules.md", "Refunds within 14 days.\n")
        try ada.write(id, "tools/check.sh", "#!/bin/sh\nexit 0\n", executable: true)
        let made = try ada.json("commit", id, "-m", "First draft")["commits"][0]
        let release = try ada.json("release", id, "-m", "First release")
        #expect(release["commit"] == made["commit"])
        #expect(release["digest"] == made["digest"])
        let pushed = try ada.json("push")["pushed"][0]
        #expect(pushed["id"].string == id)
        #expect(pushed["refs"].array.allSatisfy { $0["status"].string == "ok" })
        #expect(
            pushed["refs"].array.compactMap { $0["ref"].string }.sorted() == ["refs/heads/main", "refs/tags/v0.1.0"])
        let again = try ada.json("push")["pushed"][0]
        #expect(again["refs"].array.allSatisfy { $0["status"].string == "up-to-date" })
        return try ada.show("\(id)@v0.1.0")
    }

    /// Grace pulls it, branches, changes, merges back and pushes; Ada pulls that.
    private func collaborate(_ ada: AmxTool, _ grace: AmxTool, _ id: String) throws {
        let released = try ada.show("\(id)@v0.1.0")
        let pulled = try grace.json("pull", "origin", id)["pulled"][0]
        #expect(pulled["new"].string == released.commit)
        #expect(FileManager.default.fileExists(atPath: grace.packed(id)))
        #expect(try grace.json("status")["capsules"][0]["form"].string == "packed")
        #expect(try grace.json("verify", id)["results"].array.allSatisfy { $0["ok"].bool == true })
        try grace.json("edit", id)
        #expect(try DigestOracle.digest(directory: grace.capsule(id)) == released.digest)
        // A branch, pushed and seen by Ada; then the change on main.
        try grace.json("switch", id, "refunds", "--create")
        try grace.write(id, "knowledge/rules.md", "Refunds within 30 days.\n")
        let changes = try grace.json("diff", id)["changes"].array
        #expect(changes.compactMap { $0["path"].string } == ["knowledge/rules.md"])
        let branch = try #require(try grace.json("commit", id, "-m", "Thirty days")["commits"][0]["commit"].string)
        try grace.json("push", "origin", id)
        try ada.json("fetch", "origin", id)
        #expect(try ada.show("\(id)@origin/refunds").commit == branch)
        let difference = try ada.json("diff", id, "main", "origin/refunds")["changes"].array
        #expect(difference.compactMap { $0["path"].string } == ["knowledge/rules.md"])
        // Back on main, in the packed form.
        try grace.json("switch", id, "main")
        try grace.write(id, "knowledge/rules.md", "Refunds within 21 days.\n")
        let main = try #require(try grace.json("commit", id, "-m", "Twenty-one days")["commits"][0]["commit"].string)
        try grace.json("pack", id)
        try grace.json("push")
        let brought = try ada.json("pull")["pulled"][0]
        #expect(brought["old"].string == released.commit)
        #expect(brought["new"].string == main)
        #expect(try String(contentsOfFile: "\(ada.capsule(id))/knowledge/rules.md", encoding: .utf8).contains("21"))
        #expect(try ada.json("status")["capsules"][0]["state"].string == "clean")
        #expect(try ada.json("verify", id)["results"].array.allSatisfy { $0["ok"].bool == true })
        try ada.check(id)
        try grace.check(id)
    }

    @Test func goesThroughTheHub() throws {
        let hub = try HubProcess()
        let ada = try AmxTool("Ada").workspace(remote: hub.remote)
        let grace = try AmxTool("Grace", token: hub.makeToken("read,write").text).workspace(remote: hub.remote)
        // Ada keeps her token by `amx login`, in a file that only she may read.
        try ada.json("login", hub.url, input: "\(hub.token)\n")
        let released = try publish(ada, "customer-service")
        try hub.check("customer-service")
        try collaborate(ada, grace, "customer-service")
        try hub.check("customer-service")

        // A third one only has git.
        let clone = try GitCopy(cloning: hub.address("customer-service"))
        #expect(try clone.digest("v0.1.0") == released.digest)
        #expect(try clone.digest() == ada.show("customer-service").digest)
        #expect(try DigestOracle.digest(directory: ada.capsule("customer-service")) == clone.digest())
        #expect(
            try clone.git("log", "-1", "--format=%(trailers:key=Capsule-Digest,valueonly)", "v0.1.0")
                == "\(released.digest)\n")
        try clone.git("fsck", "--strict")
        // And pushes with it what amx pulls.
        try clone.write("knowledge/git.md", "from git\n")
        let commit = try clone.commit("By git")
        try clone.git("push", "--quiet", "origin", "main")
        #expect(try grace.json("pull")["pulled"][0]["new"].string == commit)
        #expect(try grace.show("customer-service").digest == clone.digest())
        // A workspace from the capsule's address.
        let home = try AmxTool("Linus", token: hub.token)
        let cloned = try home.json("clone", "\(hub.remote)/customer-service.git", "copy")
        #expect(cloned["commit"].string == commit)
        let copy = home.at(home.home.appending("copy"))
        #expect(try copy.json("verify")["results"].array.count > 0)
        #expect(try copy.json("status")["capsules"][0]["form"].string == "packed")
        try ada.json("logout", hub.url)
        try ada.fails(4, "pull")
        try hub.checkAll()
        #expect(hub.stop() == 0)
    }

    @Test func goesThroughAnotherWorkspace() throws {
        let shared = try AmxTool("Shared").workspace()
        let ada = try AmxTool("Ada").workspace(remote: shared.directory)
        let grace = try AmxTool("Grace").workspace(remote: shared.directory)
        _ = try publish(ada, "customer-service")
        try shared.check("customer-service")
        try collaborate(ada, grace, "customer-service")
        try shared.check("customer-service")
        // A branch that the neighbour is working on is its own.
        let work = try AmxTool("Linus").workspace(remote: ada.directory)
        try work.json("pull", "origin", "customer-service")
        try work.json("edit", "customer-service")
        try work.write("customer-service", "knowledge/linus.md", "x\n")
        try work.json("commit", "-m", "Mine")
        try work.fails(6, "push", saying: "it is the current branch there")
        #expect(try ada.json("status")["capsules"][0]["state"].string == "clean")
    }

    @Test func goesThroughAnyGitServer() throws {
        let server = try GitBackendProcess()
        try server.create("customer-service")
        let ada = try AmxTool("Ada").workspace(remote: server.url)
        let grace = try AmxTool("Grace").workspace(remote: server.url)
        let released = try publish(ada, "customer-service")
        try collaborate(ada, grace, "customer-service")
        let repository = server.repository("customer-service")
        try Tool.git(["fsck", "--strict"], in: repository)
        #expect(try DigestOracle.digest(repository: repository, revision: "v0.1.0") == released.digest)
        #expect(
            try GitCopy(cloning: "\(server.url)/customer-service.git").digest() == ada.show("customer-service").digest)
        // A repository that is not there.
        try ada.newCapsule("elsewhere")
        try ada.fails(3, "push", "origin", "elsewhere")
        try grace.fails(3, "pull", "origin", "elsewhere")
    }
}
