import Foundation
import TestSupport
import Testing

/// `amx yank`: against a hub, and where nothing can be yanked.
@Suite(.onTestThreads) struct YankTests {
    /// A user whose capsule refunds is released and pushed as 0.1.0.
    private func user(of remote: String, token: String?) throws -> AmxTool {
        let user = try AmxTool(token: token).workspace(remote: remote)
        try user.newCapsule("refunds")
        try user.json("release", "refunds")
        try user.json("push")
        return user
    }

    private func index(_ hub: HubProcess, _ path: String, token: String? = nil) throws -> JSONNode {
        let outcome = try Tool.run(
            "curl",
            [
                "-sS", "--fail", "-H", "Authorization: Bearer \(token ?? hub.token)",
                "\(hub.url)/api/v1/\(path)/index.json",
            ])
        guard outcome.status == 0 else { throw TestFailure("\(path): \(outcome.errors)") }
        return try JSONNode(outcome.output)
    }

    @Test func withdrawsAReleaseAndTakesThatBack() throws {
        let hub = try HubProcess()
        let ada = try user(of: hub.remote, token: hub.token)
        let digest = try ada.show("refunds@v0.1.0").digest
        let fresh = try index(hub, "capsules/refunds")
        #expect(fresh["releases"][0]["yanked"] == .null && fresh["releases"][0]["digest"].string == digest)
        let yanked = try ada.json("yank", "refunds@0.1.0", "--reason", "loses “refunds”")
        guard case .object(let members) = yanked else {
            Issue.record("\(yanked)")
            return
        }
        #expect(
            Set(members.keys) == ["id", "version", "remote", "url", "yanked", "reason", "yankedAt", "changed"])
        #expect(yanked["yanked"].bool == true && yanked["changed"].bool == true && yanked["remote"].string == "origin")
        #expect(try index(hub, "capsules/refunds")["releases"][0]["yanked"]["reason"].string == "loses “refunds”")
        let again = try ada.at(ada.capsule("refunds")).json("yank", "@v0.1.0", "origin")
        #expect(
            again["changed"].bool == false && again["reason"] == yanked["reason"]
                && again["yankedAt"] == yanked["yankedAt"])
        // It can be cloned and pulled as before, also by a hub that was started again.
        hub.kill()
        try hub.start()
        try ada.json("remote", "set-url", "origin", hub.remote)
        let clone = try AmxTool("Grace", token: hub.token)
        try clone.json("clone", "\(hub.remote)/refunds.git", "copy")
        #expect(try clone.at(clone.home.appending("copy")).show("refunds@v0.1.0").digest == digest)
        try ada.json("fetch")
        #expect(try ada.json("ls-remote", "origin", "refunds")["capsules"][0]["refs"].array.count == 2)
        let undone = try ada.json("yank", "refunds@0.1.0", "--undo")
        #expect(undone["yanked"].bool == false && undone["reason"] == .null && undone["yankedAt"] == .null)
        #expect(try index(hub, "capsules/refunds") == fresh)
        try hub.check("refunds")
        #expect(hub.stop() == 0)
        try hub.checkAll()
    }

    @Test func refuses() throws {
        let hub = try HubProcess()
        let ada = try user(of: hub.remote, token: hub.token)
        let reader = ada.with(token: try hub.makeToken("read").text)
        try reader.fails(4, "yank", "refunds@0.1.0", saying: "the token has not the right write")
        try hub.admin("owner", "add", "globex")
        let other = ada.with(token: try hub.makeToken("admin", owner: "globex").text)
        try other.fails(3, "yank", "refunds@0.1.0", saying: "there is no repository acme/refunds on this hub")
        try ada.with(token: nil).fails(4, "yank", "refunds@0.1.0", saying: "asks for a token")
        try ada.fails(3, "yank", "refunds@0.2.0", saying: "there is no release 0.2.0 of acme/refunds")
        try ada.fails(3, "yank", "nothere@0.1.0", saying: "nothere")
        try ada.fails(3, "yank", "refunds@0.1.0", "orgin", saying: "origin")
        for version in ["latest", "1.0", "", "^0.1.0"] {
            try ada.fails(2, "yank", "refunds@\(version)", saying: "is not a version")
        }
        try ada.fails(2, "yank", "refunds", saying: "names no release")
        try ada.fails(2, "yank", "refunds@0.1.0", "--reason", "a\nb", saying: "one line")
        #expect(try index(hub, "capsules/refunds")["releases"][0]["yanked"] == .null)
    }

    /// Only hubs keep which releases are yanked.
    @Test func saysWhereNothingCanBeYanked() throws {
        let server = try GitBackendProcess()
        try server.create("refunds")
        let plain = try user(of: server.url, token: nil)
        let said = try plain.fails(1, "yank", "refunds@0.1.0", saying: "is not a hub, and only hubs keep")
        #expect(said.errors.contains("hint: "))
        let folder = try TemporaryDirectory("amx-e2e-folder")
        let local = try user(of: folder.path, token: nil)
        try local.fails(1, "yank", "refunds@0.1.0", saying: "\(folder.path) is not a hub")
    }

    /// An id by itself is that of the owner who has released it first; a fork has its own releases and yanks.
    @Test func aForkStandsForItself() throws {
        let hub = try HubProcess()
        let ada = try user(of: hub.remote, token: hub.token)
        try hub.admin("owner", "add", "globex")
        let token = try hub.makeToken("write", owner: "globex").text
        let grace = try AmxTool("Grace", token: token).workspace(remote: "\(hub.url)/globex")
        try grace.newCapsule("refunds")
        try grace.json("release", "refunds")
        try grace.json("push")
        #expect(try index(hub, "capsules/refunds")["owner"].string == "acme")
        #expect(try index(hub, "owners/globex/capsules/refunds", token: token)["owner"].string == "globex")
        try grace.json("yank", "refunds@0.1.0")
        #expect(try index(hub, "capsules/refunds")["releases"][0]["yanked"] == .null)
        let listed = try hub.admin("claim", "list")["claims"]
        #expect(
            listed.array.count == 1 && listed[0]["owner"].string == "acme" && listed[0]["forks"][0].string == "globex")
        _ = ada
    }
}
