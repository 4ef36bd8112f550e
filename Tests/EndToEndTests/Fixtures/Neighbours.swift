import Foundation
import TestSupport

/// Two workspaces of one user, the second with the first as its remote, that can be put back to how they were.
struct Neighbours {
    /// The workspace that was there first.
    let ada: AmxTool
    /// The one that has it as `origin`.
    let grace: AmxTool
    private let saved: TemporaryDirectory

    /// Makes the two with capsules in either form, branches, a release, and something to pull, and lets `prepare` add to it.
    init(_ prepare: (AmxTool, AmxTool) throws -> Void) throws {
        let user = try AmxTool()
        ada = try user.workspace("ada")
        for id in ["demo", "packed"] {
            try ada.json("new", id)
            try ada.write(id, "knowledge/notes.md", "first\n")
            try ada.json("commit", id, "-m", "First")
        }
        try ada.json("release", "demo")
        try ada.json("switch", "demo", "other", "--create")
        try ada.write("demo", "knowledge/notes.md", "other\n")
        try ada.write("demo", "knowledge/deep/er/new.md", "new\n")
        try ada.json("commit", "demo", "-m", "Other")
        try ada.json("switch", "demo", "main")
        grace = try user.workspace("grace", remote: ada.directory)
        try grace.json("pull", "origin", "demo")
        try grace.json("edit", "demo")
        try ada.write("demo", "knowledge/notes.md", "second\n")
        try ada.write("demo", "knowledge/more.md", "more\n")
        try FileManager.default.removeItem(atPath: "\(ada.capsule("demo"))/CHANGELOG.md")
        try ada.json("commit", "demo", "-m", "Second")
        try ada.json("pack", "packed")
        try prepare(ada, grace)
        saved = try TemporaryDirectory("amx-e2e-saved")
        try Self.copy(user.home.path, to: saved.appending("home"))
    }

    /// Puts everything back to how it was after the preparation.
    func restore() throws {
        let home = ada.home.path
        for name in try FileManager.default.contentsOfDirectory(atPath: home) {
            try FileManager.default.removeItem(atPath: "\(home)/\(name)")
        }
        try Self.copy(saved.appending("home") + "/.", to: home)
    }

    private static func copy(_ from: String, to place: String) throws {
        let outcome = try Tool.run("cp", ["-a", from, place])
        guard outcome.status == 0 else { throw TestFailure("cp: \(outcome.errors)") }
    }

    /// What a user sees of the one and of the other: the statuses, the files, and the references with what they lead to, without times.
    func state() throws -> [String] {
        try [ada, grace].map { try Self.state(of: $0) }
    }

    private static func state(of tool: AmxTool) throws -> String {
        let status = try tool.run("status", "--json")
        var lines = ["\(tool.directory): status \(status.status) \(status.errors)"]
        for capsule in try JSONNode(status.output)["capsules"].array {
            guard let id = capsule["id"].string else { throw TestFailure("no id") }
            let parts = ["form", "branch", "state", "upstream"].map { capsule[$0].string ?? "-" }
            let changes = capsule["changes"].array.map { "\($0["status"].string ?? "") \($0["path"].string ?? "")" }
            lines.append(
                "\(id): \(parts.joined(separator: " ")) \(changes) \(capsule["ahead"].int ?? -1) \(capsule["behind"].int ?? -1)"
            )
            if FileManager.default.fileExists(atPath: tool.capsule(id)) {
                lines.append(try DigestOracle.digest(directory: tool.capsule(id)))
            } else if FileManager.default.fileExists(atPath: tool.packed(id)) {
                lines.append(try tool.json("verify", tool.packed(id))["results"][0]["digest"].string ?? "no digest")
            }
            if FileManager.default.fileExists(atPath: tool.repository(id)) { lines += try history(tool.repository(id)) }
        }
        let workspace = "\(tool.directory)/.aimatrix/workspace.git"
        if FileManager.default.fileExists(atPath: workspace) {
            // The lock in its tree names commits, and so times. Without a commit, the repository is nothing yet.
            let log = try git("log", "--all", "--format=%s", "--name-status", in: workspace)
            if !log.isEmpty { lines += [try git("symbolic-ref", "HEAD", in: workspace), log] }
        }
        return lines.joined(separator: "\n")
    }

    private static func history(_ repository: String) throws -> [String] {
        [
            try git("symbolic-ref", "HEAD", in: repository),
            try git(
                "for-each-ref", "--format=%(refname) %(objecttype) %(tree)%(*tree) %(contents:subject)",
                in: repository), try git("log", "--all", "--topo-order", "--format=%T %s", in: repository),
        ]
    }

    private static func git(_ arguments: String..., in repository: String) throws -> String {
        try Tool.git(arguments, in: repository)
    }

    /// What `git fsck --strict` says against any repository, and what killed processes have left.
    func defects() throws -> [String] {
        var defects: [String] = []
        for tool in [ada, grace] {
            let store = "\(tool.directory)/.aimatrix/store"
            for name in try FileManager.default.contentsOfDirectory(atPath: store) {
                guard name.hasSuffix(".git"), !name.hasPrefix(".") else {
                    defects.append("\(store)/\(name)")
                    continue
                }
                let outcome = try Tool.run(
                    "git", ["fsck", "--strict", "--full", "--no-dangling"], in: "\(store)/\(name)",
                    environment: Tool.gitEnvironment)
                if outcome.status != 0 { defects.append("\(name): \(outcome.text)\(outcome.errors)") }
            }
            let marks = [
                "/.tmp", ".lock", "incoming-", "pack_git2", ".amx-unpack", ".aimatrix/tmp/", ".aimatrix/pending/",
            ]
            let entries = FileManager.default.enumerator(atPath: tool.directory)?.compactMap { $0 as? String } ?? []
            defects += entries.filter { path in
                !path.hasSuffix("/amx.lock") && path != "amx.lock" && marks.contains { "/\(path)".contains($0) }
            }
        }
        return defects
    }
}
