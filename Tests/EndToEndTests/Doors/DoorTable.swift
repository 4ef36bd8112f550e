import Foundation
import TestSupport
import Testing

/// All doors, on a sound capsule `demo`, put back to how they were for each content that is brought to them.
struct DoorTable {
    private let hub: HubProcess
    private let hooked: HookedServer
    private let server: GitBackendProcess
    private let work: GitCopy
    private let start: String
    private let user: AmxTool
    /// What `user`'s home is before each content: a workspace with the directory form, one with the packed form, an empty one.
    private let saved: TemporaryDirectory
    private let shelf: String

    init() throws {
        hub = try HubProcess()
        hooked = try HookedServer()
        server = try GitBackendProcess()
        work = try GitCopy(capsule: "demo")
        start = try work.head
        try server.create("demo")
        try server.create("team")
        for address in [hub.address("demo"), hooked.addresses()[0], "\(server.url)/demo.git"] {
            try work.git("push", "--quiet", address, "main")
        }
        let user = try AmxTool("Ada", token: nil)
        self.user = user
        shelf = user.home.appending("shelf")
        try Tool.git(["clone", "--quiet", "--bare", work.path, "\(shelf)/demo.git"], in: user.home.path)
        for form in ["directory", "packed", "empty"] {
            let tool = try user.workspace(form, remote: server.url)
            try tool.json("remote", "add", "hub", hub.remote)
            try tool.json("remote", "add", "shelf", shelf)
            if form != "empty" { try tool.json("pull", "origin", "demo") }
            if form == "directory" { try tool.json("edit", "demo") }
        }
        saved = try TemporaryDirectory("amx-e2e-doors")
        try Self.copy("\(user.home.path)/.", to: saved.path)
    }

    private static func copy(_ source: String, to target: String) throws {
        let outcome = try Tool.run("cp", ["-a", source, target])
        guard outcome.status == 0 else { throw TestFailure("cp: \(outcome.errors)") }
    }

    // MARK: Trying

    /// Brings content to those of some doors that it can be brought to, and holds what each says against the one verdict.
    func check(_ content: HostileContent, at doors: [Door], sourceLocation: SourceLocation = #_sourceLocation) throws {
        try reset()
        let archive = user.home.appending("forged.kc")
        let hasArchive = Door.unpack.obstacle(to: content) == nil || Door.edit.obstacle(to: content) == nil
        let forged = try content.forgery.forge(
            in: [work.path, server.repository("demo"), "\(shelf)/demo.git"], parent: start,
            archive: hasArchive ? archive : nil)
        try point("demo", at: forged.commit)
        for door in doors where door.obstacle(to: content) == nil {
            let outcome = try go(through: door, content, forged, archive)
            let said = outcome.text + outcome.errors.replacingOccurrences(of: "remote: ", with: "")
            let name = "\(door.rawValue): \(content): \(outcome.status): \(said)"
            guard let reason = content.reason else {
                #expect(outcome.status == 0, "\(name)", sourceLocation: sourceLocation)
                continue
            }
            #expect(outcome.status == door.refusal, "\(name)", sourceLocation: sourceLocation)
            #expect(
                reason.split(separator: "|").contains { said.contains($0) }, "\(name)", sourceLocation: sourceLocation)
        }
        try checkUnharmed(content, sourceLocation: sourceLocation)
    }

    /// Everything as it was before any content came.
    private func reset() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: user.home.path) {
            try FileManager.default.removeItem(atPath: user.home.appending(name))
        }
        try Self.copy("\(saved.path)/.", to: user.home.path)
        try point("demo", at: start)
        try hubRefs(to: start)
    }

    private func hubRefs(to commit: String) throws {
        guard try hub.refs("demo") != ["refs/heads/main": commit] else { return }
        try work.git("push", "--quiet", "--force", hub.address("demo"), "\(commit):refs/heads/main")
        _ = try work.attempt("push", "--quiet", hub.address("demo"), ":refs/heads/forged")
        _ = try work.attempt("push", "--quiet", hooked.addresses()[0], ":refs/heads/forged")
    }

    /// Sets the branch `main` of a repository on the server without rules.
    private func point(_ name: String, at commit: String) throws {
        try Tool.git(["update-ref", "refs/heads/main", commit], in: server.repository(name))
    }

    /// What was refused has changed nothing that others see.
    private func checkUnharmed(_ content: HostileContent, sourceLocation: SourceLocation) throws {
        guard content.reason != nil else { return }
        #expect(try hub.refs("demo") == ["refs/heads/main": start], "\(content)", sourceLocation: sourceLocation)
        #expect(try hooked.refs() == "refs/heads/main \(start)", "\(content)", sourceLocation: sourceLocation)
        #expect(try hub.leftovers() == [], "\(content)", sourceLocation: sourceLocation)
    }

    // MARK: The doors

    private func tool(_ folder: String) -> AmxTool { user.at(user.home.appending(folder)) }

    private func go(
        through door: Door, _ content: HostileContent, _ forged: TreeForgery.Forged, _ archive: String
    ) throws -> Tool.Outcome {
        switch door {
        case .commitOfDirectory:
            try layOut(content, "one", of: "directory")
            return try tool("one").run("commit", "demo", "-m", "Forged")
        case .packInPlace:
            try layOut(content, "two", of: "directory")
            return try tool("two").run("pack", "demo")
        case .packElsewhere:
            try layOut(content, "three", of: "directory")
            return try tool("three").run("pack", "demo", "-o", "out.kc")
        case .commitOfPacked:
            try layOut(archive, "four")
            return try tool("four").run("commit", "demo", "-m", "Forged")
        case .edit:
            try layOut(archive, "five")
            return try tool("five").run("edit", "demo")
        case .unpack: return try user.run("unpack", archive, user.home.appending("unpacked"))
        case .verifyOfFile: return try user.run("verify", archive)
        case .pushToHub: return try pushed(content, forged, "six").with(token: hub.token).run("push", "hub", "demo")
        case .pushToPath: return try pushed(content, forged, "seven").run("push", "shelf", "demo")
        case .gitPushToHub:
            return try work.attempt("push", "--force", hub.address("demo"), "\(forged.commit):refs/heads/forged")
        case .gitPushToHook:
            return try work.attempt("push", "--force", hooked.addresses()[0], "\(forged.commit):refs/heads/forged")
        case .fetch:
            return try tool("directory").run("fetch", "origin", "demo")
        case .pull: return try tool("packed").run("pull", "origin", "demo")
        case .pullOfNew: return try tool("empty").run("pull", "origin", "demo")
        case .pullFromPath:
            try Tool.git(["update-ref", "refs/heads/main", forged.commit], in: "\(shelf)/demo.git")
            return try tool("packed").run("pull", "shelf", "demo")
        case .clone: return try user.run("clone", "\(server.url)/demo.git", user.home.appending("cloned"))
        case .cloneOfWorkspace:
            try makeTeam(forged)
            return try user.run("clone", "\(server.url)/team.git", user.home.appending("team"))
        case .merge: return try branched(content, forged, "eight").run("merge", "demo", "forged")
        case .switching: return try branched(content, forged, "nine").run("switch", "demo", "forged")
        case .fsck: return try branched(content, forged, "ten").run("fsck", "demo")
        }
    }

    /// A fresh copy of a workspace.
    private func fresh(_ name: String, of form: String) throws -> AmxTool {
        try Self.copy(user.home.appending(form), to: user.home.appending(name))
        return tool(name)
    }

    private func layOut(_ content: HostileContent, _ name: String, of form: String) throws {
        let tool = try fresh(name, of: form)
        for file in ["manifest.json", "knowledge/facts.md"] {
            try FileManager.default.removeItem(atPath: "\(tool.capsule("demo"))/\(file)")
        }
        try content.forgery.write(below: tool.capsule("demo"))
    }

    private func layOut(_ archive: String, _ name: String) throws {
        let tool = try fresh(name, of: "packed")
        try FileManager.default.removeItem(atPath: tool.packed("demo"))
        try FileManager.default.copyItem(atPath: archive, toPath: tool.packed("demo"))
    }

    /// A workspace whose branch a tool without rules has moved.
    private func pushed(_ content: HostileContent, _ forged: TreeForgery.Forged, _ name: String) throws -> AmxTool {
        let tool = try fresh(name, of: "packed")
        try content.forgery.forge(in: [tool.repository("demo")], parent: start)
        try Tool.git(["update-ref", "refs/heads/main", forged.commit], in: tool.repository("demo"))
        return tool
    }

    /// A workspace with a branch that a tool without rules has made.
    private func branched(_ content: HostileContent, _ forged: TreeForgery.Forged, _ name: String) throws -> AmxTool {
        let tool = try fresh(name, of: "directory")
        try content.forgery.forge(in: [tool.repository("demo")], parent: start)
        try Tool.git(["update-ref", "refs/heads/forged", forged.commit], in: tool.repository("demo"))
        return tool
    }

    /// A workspace on the server without rules, whose lock names the content.
    private func makeTeam(_ forged: TreeForgery.Forged) throws {
        let lock = """
            {
              "capsules": [
                {
                  "branch": "main",
                  "commit": "\(forged.commit)",
                  "digest": "\(forged.digest)",
                  "id": "demo",
                  "requestedBy": [
                    "workspace"
                  ],
                  "source": "workspace",
                  "tree": "\(forged.tree)",
                  "version": "1.0.0"
                }
              ],
              "schema": 1
            }

            """
        let team = TreeForgery(files: [
            .init("amx.json", "{\n  \"name\": \"team\",\n  \"follows\": [\n    \"demo\"\n  ]\n}\n"),
            .init("amx.lock", lock),
        ])
        try point("team", at: team.forge(in: [server.repository("team")]).commit)
    }
}
