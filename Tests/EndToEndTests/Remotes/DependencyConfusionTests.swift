import Foundation
import TestSupport
import Testing

/// Somebody offers a capsule of a name that another place was asked for: it never comes.
@Suite(.onTestThreads) struct DependencyConfusionTests {
    /// Releases `secret` at a version, and pushes it.
    private func release(_ user: AmxTool, _ version: String) throws {
        try user.json("new", "secret")
        let path = "\(user.capsule("secret"))/manifest.json"
        let text = try Data(contentsOf: URL(fileURLWithPath: path))
        var manifest = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        manifest["version"] = version
        try JSONSerialization.data(withJSONObject: manifest).write(to: URL(fileURLWithPath: path))
        try user.json("commit", "secret", "-m", version)
        try user.json("release", "secret")
        try user.json("push", "origin", "secret")
    }

    /// A public hub where globex has 1.5.0, and a company's own, where acme has 1.0.0, or another version.
    private func withHubs(
        company version: String = "1.0.0",
        _ body: (_ shared: HubProcess, _ company: HubProcess, _ globex: String) throws -> Void
    ) throws {
        let (shared, company) = (
            try HubProcess(arguments: ["--public-read"]), try HubProcess(arguments: ["--public-read"])
        )
        try shared.admin("owner", "add", "globex")
        let globex = "\(shared.url)/globex"
        try release(
            try AmxTool(token: try shared.makeToken("write", owner: "globex").text).workspace(remote: globex), "1.5.0")
        // By somebody else: what one person makes twice within a second is the same.
        try release(try AmxTool("Acme", token: company.token).workspace(remote: company.remote), version)
        try body(shared, company, globex)
    }

    private func locked(_ user: AmxTool) throws -> [String] {
        let lock = try JSONNode([UInt8](Data(contentsOf: URL(fileURLWithPath: "\(user.directory)/amx.lock"))))
        return lock["capsules"].array.map { "\($0["version"].string ?? "") \($0["source"].string ?? "")" }
    }

    /// The id is globex's by itself; acme's, whom the requirement names, it is not.
    @Test func anOwnerThatIsNamedAnswersAlone() throws {
        try withHubs { shared, _, globex in
            let user = try AmxTool("Grace").workspace(remote: shared.remote)
            for name in ["acme/secret", "acme/secret@^1.0.0"] {
                let result = try user.run("add", name)
                #expect([3, 7].contains(result.status) && result.errors.contains("secret"), "\(result.errors)")
            }
            try user.json("add", "secret")
            #expect(try locked(user) == ["1.5.0 \(globex)"])
        }
    }

    /// `latest` is the highest of the place that is named, or of whoever the registry there names; a higher one elsewhere is none.
    @Test func theLatestIsThatOfItsPlace() throws {
        try withHubs { shared, company, globex in
            // The shared hub's acme has none of its own: there the id is globex's.
            let user = try AmxTool("Grace").workspace(remote: shared.remote)
            try user.json("remote", "add", "company", company.remote)
            try user.json("add", "secret@latest", "--remote", "company")
            #expect(try locked(user) == ["1.0.0 \(company.remote)"])
            #expect(try !shared.log().contains("secret/index.json"))
            let outdated = try user.json("outdated")["outdated"]
            #expect(outdated == .array([]))
            #expect(try user.run("update").status == 0)
            #expect(try locked(user) == ["1.0.0 \(company.remote)"])
            try user.json("add", "secret@latest", "--remote", "origin")
            #expect(try locked(user) == ["1.5.0 \(globex)"])
        }
    }

    /// Whoever may commit the workspace can write another hub into its lock; `amx.json` says which one it is to be.
    @Test func aLockOfAnotherHubDoesNotFit() throws {
        try withHubs { shared, company, globex in
            let user = try AmxTool("Grace").workspace(remote: globex)
            try user.json("add", "secret@^1.0.0")
            try user.json("remote", "add", "company", company.remote)
            // The same holds for what was here before `amx.json` said so.
            try user.json("add", "secret@^1.0.0", "--remote", "company")
            #expect(try locked(user) == ["1.0.0 \(company.remote)"])
            try user.json("undo")
            #expect(try locked(user) == ["1.5.0 workspace"])
            let path = "\(user.directory)/amx.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let constraint = "\"secret\": \"^1.0.0\""
            #expect(text.contains(constraint))
            try text.replacingOccurrences(
                of: constraint, with: "\"secret\": {\"version\": \"^1.0.0\", \"remote\": \"company\"}"
            ).write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try user.run("install", "--frozen").status == 5)
        }
    }

    /// Without the network, what has come from elsewhere under the same id is no answer either.
    @Test func whatIsHereFromElsewhereIsNoAnswer() throws {
        try withHubs { shared, company, globex in
            let user = try AmxTool("Grace").workspace(remote: globex)
            try user.json("remote", "add", "company", company.remote)
            try user.json("add", "secret@^1.0.0", "--remote", "origin")
            try user.json("remove", "secret")
            #expect(try user.run("add", "secret@^1.0.0", "--remote", "company", "--offline").status == 7)
            try user.json("add", "secret@^1.0.0", "--remote", "company")
            #expect(try locked(user) == ["1.0.0 \(company.remote)"])
            try user.json("remove", "secret")
            try FileManager.default.removeItem(atPath: "\(user.directory)/.aimatrix/cache")
            try user.json("add", "secret@^1.0.0", "--remote", "company", "--offline")
            #expect(try locked(user) == ["1.0.0 \(company.remote)"])
        }
    }

    /// What was fetched and then not wanted does not stand in the way of what is.
    @Test func whatWasOnlyLookedAtIsInNobodysWay() throws {
        try withHubs(company: "1.5.0") { shared, company, globex in
            let user = try AmxTool("Grace").workspace(remote: globex)
            try user.json("remote", "add", "company", company.remote)
            try user.json("add", "secret@=1.5.0", "--remote", "origin", "--dry-run")
            #expect(FileManager.default.fileExists(atPath: "\(user.directory)/.aimatrix/incoming/secret.git"))
            try user.json("add", "secret@=1.5.0", "--remote", "company")
            #expect(try locked(user) == ["1.5.0 \(company.remote)"])
            let refs = try Tool.git(["for-each-ref"], in: "\(user.directory)/.aimatrix/store/secret.git")
            #expect(!refs.contains("refs/remotes/origin/"), "\(refs)")
        }
    }

    /// Whoever writes into a lock or the log of what was done can name any folder: it is not read.
    @Test func anUndoFollowsNoPathThatNoRemoteNames() throws {
        let user = try AmxTool()
        let source = try ReleaseSource(of: user)
        try source.release("app", "1.0.0")
        let shop = try user.workspace("shop", remote: source.path)
        try shop.json("add", "app")
        let elsewhere = user.home.appending("elsewhere")
        _ = try Tool.run("cp", ["-a", source.path, elsewhere])
        let lock = try #require(shop.text("amx.lock"))
        try lock.replacingOccurrences(of: "\"source\": \"workspace\"", with: "\"source\": \"\(elsewhere)\"")
            .write(toFile: "\(shop.directory)/amx.lock", atomically: true, encoding: .utf8)
        try shop.json("remove", "app")
        try FileManager.default.removeItem(atPath: "\(shop.directory)/.aimatrix/removed/app.git")
        try shop.fails(7, "undo", saying: "a place that no remote of this workspace names")
        try shop.json("remote", "add", "elsewhere", elsewhere)
        try shop.json("undo")
        #expect(try shop.installed() == ["app 1.0.0"])
    }

    /// A policy that has come since holds for what an undo brings back, too.
    @Test func anUndoBringsBackOnlyWhatMayBeInstalled() throws {
        try withHubs { shared, company, globex in
            let user = try AmxTool("Grace").workspace(remote: globex)
            try user.json("add", "secret")
            try user.json("remove", "secret")
            try user.json("config", "policy.requireSigned", "refs/tags/v*")
            #expect(try user.run("undo").status == 7)
            #expect(try locked(user) == [])
            try user.json("config", "--unset", "policy.requireSigned")
            try user.json("undo")
            #expect(try locked(user) == ["1.5.0 workspace"])
        }
    }
}
