import Foundation
import TestSupport
import Testing

/// `amx verify` of a workspace's own history.
@Suite(.onTestThreads) struct WorkspaceVerifyTests {
    private func user() throws -> AmxTool {
        let user = try AmxTool().workspace()
        try user.json("key", "new")
        try user.json("new", "refunds")
        try user.json("commit", "-m", "Start")
        return user
    }

    private func store(_ user: AmxTool) -> String { "\(user.directory)/.aimatrix/workspace.git" }

    private func commit(_ user: AmxTool, _ message: String, _ options: String...) throws {
        let path = URL(fileURLWithPath: "\(user.directory)/agents/\(message).md")
        try FileManager.default.createDirectory(
            at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("\(message)\n".utf8).write(to: path)
        let outcome = try user.run(["commit", "-m", message] + options)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    /// Puts a commit with other files onto the workspace's branch, as somebody with access to the folder could.
    private func forge(_ user: AmxTool, _ files: [String: String], message: String = "Forged") throws {
        let store = store(user)
        var all: [String: String] = [:]
        for path in try Tool.git(["ls-tree", "-r", "--name-only", "main"], in: store).split(separator: "\n") {
            all[String(path)] = "\(try Tool.git(["cat-file", "blob", "main:\(path)"], in: store))\n"
        }
        let forged = TreeForgery(files: all.merging(files) { $1 }.map { TreeForgery.File($0.key, $0.value) })
        let head = try Tool.git(["rev-parse", "main"], in: store)
        let tree = try Tool.git(["rev-parse", "\(try forged.commit(in: store, parent: head))^{tree}"], in: store)
        let commit = try Tool.git(["commit-tree", "-p", head, "-m", message, tree], in: store)
        try Tool.git(["update-ref", "refs/heads/main", commit], in: store)
    }

    @Test func theWorkspaceIsAmongTheSubjects() throws {
        let user = try user()
        let results = try user.json("verify")["results"].array
        #expect(results.map { $0["subject"].string } == ["refunds", "workspace"])
        #expect(results.map { $0["kind"].string } == ["capsule", "workspace"])
        #expect(results.allSatisfy { $0["ok"].bool == true && $0["required"] == .null })
        // In a capsule's directory, or with ids, it is about capsules.
        #expect(try user.at(user.capsule("refunds")).json("verify")["results"].array.count == 1)
        #expect(try user.json("verify", "refunds")["results"].array.count == 1)
        let own = try user.json("workspace", "verify")["results"]
        #expect(own.array.count == 1 && own[0]["digest"].string == results[1]["digest"].string)
        #expect(own[0]["source"].string == "commit" && own[0]["signature"]["state"].string == "none")
        try user.fails(5, "workspace", "verify", "--require-signed", saying: "workspace is not signed")
        try commit(user, "signed", "--sign")
        try user.json("workspace", "verify", "--require-signed")
        #expect(
            try user.json("workspace", "verify", "main~1")["results"][0]["subject"].string == "workspace@main~1")
        try user.fails(3, "workspace", "verify", "nothere", saying: "there is no revision nothere")
        // A workspace that was never committed has nothing to compare with.
        let empty = try AmxTool().workspace()
        #expect(try empty.json("verify")["results"].array.isEmpty)
        try empty.fails(3, "workspace", "verify", saying: "has no commit yet")
    }

    @Test func aPolicyHoldsForEveryCommitSinceTheFirstSignedOne() throws {
        let user = try user()
        try user.json("config", "policy.requireSigned", "refs/heads/main")
        let unsigned = try user.fails(5, "workspace", "verify")
        #expect(
            unsigned.errors.contains("workspace is not signed, and refs/heads/main must be signed by a trusted key"))
        let head = try Tool.git(["rev-parse", "main"], in: store(user))
        #expect(try user.json("workspace", "verify", head)["results"][0]["required"] == .null)
        try commit(user, "one", "--sign")
        #expect(try user.json("workspace", "verify")["results"][0]["required"].string == "refs/heads/main")
        try commit(user, "two", "--no-sign")
        try commit(user, "three", "--sign")
        let gap = try user.fails(5, "workspace", "verify")
        let commit = try Tool.git(["rev-parse", "--short=7", "main~1"], in: store(user))
        #expect(gap.errors.contains("commit \(commit)"), "\(gap.errors)")
        #expect(gap.errors.contains("is not signed, and refs/heads/main must be signed by a trusted key"))
        // A capsule's branch is under the same policy.
        try user.fails(5, "verify", "refunds", saying: "refunds is not signed, and refs/heads/main must be signed")
        try user.json("config", "unset", "policy.requireSigned")
        #expect(try user.json("verify")["results"].array.allSatisfy { $0["ok"].bool == true })
    }

    @Test(arguments: [
        ("amx.json", "{\"name\": \"other\",}\n", Int32(1), "amx.json"), ("agents/aux.c", "x\n", 1, "aux.c"),
        ("AMX.JSON", "{}\n", 1, "same name"), ("amx.lock", "{\"schema\": 1}\n", 1, "amx.lock"),
        ("knowledge/capsules/refunds/x", "x\n", 1, "has histories of its own"),
    ]) func whatNoWorkspaceMayHold(path: String, content: String, status: Int32, words: String) throws {
        let user = try user()
        try forge(user, [path: content])
        try user.fails(status, "workspace", "verify", saying: words)
        #expect(try user.run("verify").status == status)
    }

    @Test func contentThatIsNotWhatIsStated() throws {
        let user = try user()
        let stated = try #require(try user.json("workspace", "verify")["results"][0]["digest"].string)
        try forge(user, ["agents/new.md": "x\n"], message: "Forged\n\nCapsule-Digest: \(stated)\n")
        try user.fails(5, "workspace", "verify", saying: "says that its digest is \(stated)")
        // A lock that says something else of a capsule.
        let other = try self.user()
        let lock = try Tool.git(["cat-file", "blob", "main:amx.lock"], in: store(other))
        let digest = try #require(lock.firstMatch(of: /sha256:[0-9a-f]{64}/)).output
        try forge(
            other, ["amx.lock": lock.replacing(digest, with: "sha256:\(String(repeating: "0", count: 64))") + "\n"])
        try other.fails(5, "workspace", "verify", saying: "is not what amx.lock says")
        // A damaged object.
        let third = try self.user()
        let pack = try #require(
            FileManager.default.enumerator(atPath: "\(store(third))/objects/pack")?.allObjects
                .compactMap { $0 as? String }.first { $0.hasSuffix(".pack") })
        let url = URL(fileURLWithPath: "\(store(third))/objects/pack/\(pack)")
        var bytes = try Data(contentsOf: url)
        bytes[bytes.count / 2] ^= 0x10
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: url.path)
        try bytes.write(to: url)
        #expect(try third.run("workspace", "verify").status == 5)
    }

    @Test func aBadSignatureIsBadAnywhere() throws {
        let user = try user()
        try commit(user, "signed", "--sign")
        let store = store(user)
        let text = try Tool.git(["cat-file", "commit", "main"], in: store)
        let changed = text.replacing("\n\nsigned", with: "\n\nforged") + "\n"
        let id = try Tool.git(
            ["hash-object", "-t", "commit", "-w", "--stdin"], in: store, input: Array(changed.utf8))
        try Tool.git(["update-ref", "refs/heads/main", id], in: store)
        let outcome = try user.fails(5, "workspace", "verify")
        #expect(outcome.errors.contains("its signature does not fit its content"), "\(outcome.errors)")
    }
}
