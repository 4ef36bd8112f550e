import Foundation
import TestSupport
import Testing

/// `--json` of every command: the keys that `docs/cli.md` promises, and their kinds.
@Suite(.onTestThreads) struct JSONShapeTests {
    private func keys(_ node: JSONNode) -> Set<String> {
        guard case .object(let members) = node else { return [] }
        return Set(members.keys)
    }

    @Test func localCommands() throws {
        let user = try AmxTool()
        let made = try user.json("init", "work")
        #expect(made == .object(["workspace": .string(user.home.appending("work")), "created": .bool(true)]))
        let work = user.at(user.home.appending("work"))
        #expect(try work.json("init")["created"].bool == false)

        let new = try work.json("new", "refunds")
        #expect(new == .object(["id": .string("refunds"), "path": .string(work.capsule("refunds"))]))

        #expect(try work.json("status")["workspace"] == .null)
        let fresh = try work.json("status")["capsules"][0]
        #expect(
            keys(fresh) == [
                "id", "form", "branch", "head", "base", "state", "changes", "upstream", "ahead", "behind", "installed",
                "needsApproval",
                "problem",
                "merge",
            ])
        #expect(fresh["state"].string == "new" && fresh["head"] == .null && fresh["form"].string == "directory")
        #expect(fresh["changes"][0] == .object(["path": .string("CHANGELOG.md"), "status": .string("added")]))

        let whole = try work.json("commit", "-m", "Start")
        let (commit, workspace) = (whole["commits"][0], whole["workspace"])
        #expect(keys(workspace) == keys(commit) && workspace["id"].string == "work" && workspace["files"].int == 2)
        #expect(keys(commit) == ["id", "branch", "commit", "tree", "digest", "files", "changes", "warnings", "merged"])
        #expect(commit["files"].int == 7 && commit["branch"].string == "main")
        #expect(commit["digest"].string == (try DigestOracle.digest(directory: work.capsule("refunds"))))
        #expect(
            try work.json("commit", "-m", "Again")
                == .object(["commits": .array([]), "workspace": .null, "moved": .array([]), "removed": .array([])]))

        let release = try work.json("release", "refunds")
        #expect(
            keys(release) == [
                "id", "version", "tag", "commit", "digest", "existed", "missingFields", "signedBy", "event",
            ])
        #expect(release["tag"].string == "v0.1.0" && release["existed"].bool == false)
        #expect(release["commit"] == commit["commit"] && release["digest"] == commit["digest"])

        let entry = try work.json("log", "refunds")["commits"][0]
        #expect(
            keys(entry) == ["commit", "parents", "author", "time", "message", "digest", "version", "tags"])
        #expect(entry["author"] == .object(["name": .string("Ada"), "email": .string("ada@example.com")]))
        #expect(entry["tags"] == .array([.string("v0.1.0")]) && entry["parents"] == .array([]))
        #expect(entry["time"].string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)/) != nil)

        let shown = try work.json("show", "refunds@0.1.0")
        #expect(keys(shown).isSuperset(of: ["id", "commit", "tree", "digest", "version", "files"]))
        #expect(keys(shown["files"][0]) == ["path", "mode", "size", "oid"])
        #expect(shown["files"][0]["mode"].string == "100644" && shown["digest"] == commit["digest"])
        #expect(
            try work.json("show", "refunds@\(commit["commit"].string?.prefix(7) ?? "")")["commit"] == commit["commit"])

        let file = try work.json("cat", "refunds@main", "README.md")
        #expect(keys(file) == ["id", "revision", "path", "size", "encoding", "content"])
        try work.write("refunds", "README.md", "x\n")
        #expect(try work.json("cat", "refunds", "README.md")["content"].string == "x\n")
    }

    @Test func comparisonsFormsAndRemotes() throws {
        let work = try AmxTool().workspace()
        try work.json("new", "refunds")
        let unborn = try work.json("diff", "refunds")
        #expect(
            keys(unborn) == ["id", "from", "to", "trust", "version", "dependencies", "breaking", "changes"])
        #expect(unborn["from"] == .null && unborn["to"].string == "working")
        let commit = try work.json("commit", "-m", "Start")["commits"][0]
        try work.write("refunds", "README.md", "x\n")
        let diff = try work.json("diff", "refunds")
        #expect(diff["from"] == commit["commit"] && diff["changes"].array.count == 1)
        let change = diff["changes"][0]
        #expect(
            keys(change) == [
                "path", "status", "oldOid", "newOid", "oldMode", "newMode", "oldSize", "newSize", "oldDigest",
                "newDigest", "type", "scope", "operation", "reversible", "renamedFrom", "similarity", "note",
                "insertions", "deletions", "rows", "paths", "pathCount",
            ])
        #expect(change["newSize"].int == 2 && change["status"].string == "modified")
        let gitOID = try Tool.run("git", ["hash-object", "--stdin"], input: Array("x\n".utf8)).text.prefix(40)
        #expect(change["newOid"].string == String(gitOID))

        let branches = try work.json("branch", "refunds", "next")
        #expect(
            keys(branches) == ["id", "branches"]
                && keys(branches["branches"][0]) == ["name", "commit", "current", "upstream"])
        #expect(branches["branches"].array.map { $0["current"].bool } == [true, false])
        let switched = try work.json("switch", "refunds", "third", "--create")
        #expect(keys(switched) == ["id", "branch", "commit", "created", "stash"])

        try work.json("commit", "-m", "Change")
        let packed = try work.json("pack", "refunds")
        #expect(keys(packed) == ["id", "path", "digest", "size"])
        #expect(packed["path"].string == work.packed("refunds"))
        let exported = try work.json("pack", "refunds@main", "-o", "main.kc")
        #expect(exported["path"].string == "\(work.directory)/main.kc" && exported["digest"] == commit["digest"])
        #expect(keys(try work.json("edit", "refunds")) == ["id", "path", "digest", "size"])
        let unpacked = try work.json("unpack", "main.kc", "tree")
        #expect(keys(unpacked) == ["path", "digest", "size"] && unpacked["digest"] == commit["digest"])

        let result = try work.json("verify", "main.kc", "--digest", commit["digest"].string ?? "")["results"][0]
        #expect(
            keys(result) == [
                "kind", "subject", "digest", "expected", "source", "ok", "problem", "signature", "required",
            ])
        #expect(result["ok"].bool == true && result["expected"] == commit["digest"])

        let remotes = try work.json("remote", "add", "origin", "https://hub.example/acme")
        #expect(keys(remotes["remotes"][0]) == ["name", "url", "pushUrl", "releases", "prune"])
        #expect(remotes["remotes"][0]["url"].string == "https://hub.example/acme")
        #expect(try work.json("remote") == remotes && work.json("remote", "list") == remotes)
        #expect(try work.json("remote", "remove", "origin") == .object(["remotes": .array([])]))
    }

    @Test func transfers() throws {
        let ada = try AmxTool().workspace("ada", remote: "../place")
        try ada.at(ada.home.path).json("init", ada.home.appending("place"))
        try ada.newCapsule("demo")
        let pushed = try ada.json("push")
        #expect(keys(pushed) == ["remote", "url", "dryRun", "pushed", "failed", "workspace"])
        #expect(keys(pushed["pushed"][0]) == ["id", "remote", "refs", "resumedBytes"])
        #expect(keys(pushed["pushed"][0]["refs"][0]) == ["ref", "old", "new", "status", "reason", "forced"])
        #expect(keys(try ada.json("fetch")) == ["remote", "url", "fetched", "absent", "failed", "workspace"])
        let pulled = try ada.json("pull")
        #expect(
            keys(pulled) == [
                "remote", "url", "pulled", "absent", "failed", "removed", "leftOut", "waiting", "workspace",
            ])
        #expect(
            keys(pulled["pulled"][0]) == [
                "id", "remote", "branch", "result", "old", "new", "refs", "conflicts", "resumedBytes",
            ])
        let shown = try ada.json("remote", "show")
        #expect(
            keys(shown) == ["remote", "url", "pushUrl", "releases", "prune", "complete", "capsules", "failed"])
        #expect(
            keys(shown["capsules"][0])
                == ["id", "here", "head", "branches", "releases", "branch", "ahead", "behind"])
        #expect(keys(shown["capsules"][0]["branches"][0]) == ["name", "commit", "state"])
        let listed = try ada.json("ls-remote")
        #expect(keys(listed) == ["url", "complete", "capsules", "failed"])
        #expect(keys(listed["capsules"][0]) == ["id", "head", "refs"])
        #expect(keys(listed["capsules"][0]["refs"][0]) == ["ref", "oid", "peeled"])
    }

    @Test func imports() throws {
        let work = try AmxTool().workspace()
        let skill = try TemporaryDirectory("amx-e2e-skill")
        try skill.write("SKILL.md", text: "---\nname: haggle\ndescription: Haggles.\n---\n\n# Haggle\n")
        try skill.write("scripts/run.sh", text: "#!/bin/sh\n", executable: true)
        #expect(try work.json("import", skill.path)["id"].string == "haggle")
        #expect(try work.json("import", skill.path, "--id", "other.name")["id"].string == "other.name")
        #expect(try work.json("commit", "-m", "Import")["commits"].array.count == 2)
        let files = try work.json("show", "haggle")["files"].array
        #expect(files.map { $0["path"].string } == ["SKILL.md", "manifest.json", "scripts/run.sh"])
        #expect(files.last?["mode"].string == "100755")
        try work.fails(6, "import", skill.path, saying: "haggle")
    }

    @Test func errorsAreOneObject() throws {
        let user = try AmxTool()
        let outcome = try user.run("status", "--json")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        let error = try JSONNode(Array(outcome.errors.utf8))["error"]
        #expect(keys(error) == ["code", "message", "hint"] && error["code"].string == "failure")
        let usage = try JSONNode(Array(try user.run("--json", "stauts").errors.utf8))["error"]
        #expect(usage["code"].string == "usage" && usage["hint"].string == "did you mean 'status'?")
    }
}
