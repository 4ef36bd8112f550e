import Foundation
import TestSupport

/// Two workspaces of one user, the second with the first as its remote, that can be put back to how they were.
struct Neighbours {
    /// The workspace that was there first.
    let ada: AmxTool
    /// The one that has it as `origin`.
    let grace: AmxTool
    private let saved: TemporaryDirectory
    /// Where a clone goes; it lies beside the two, and may not be there.
    private var copy: AmxTool { ada.at(ada.home.appending("copy")) }

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
        try tools.map { try Self.state(of: $0) }
    }

    /// The workspaces that are there.
    var tools: [AmxTool] {
        [ada, grace] + (FileManager.default.fileExists(atPath: copy.directory) ? [copy] : [])
    }

    /// Whether the second workspace is on its way from one state to another: whatever it shows of a capsule or of the workspace is clean, and
    /// the first one has not changed.
    func isPartly(_ state: [String], _ before: [String], _ after: [String]) -> Bool {
        guard state.count == 2, before.count == 2, after.count == 2, state[0] == before[0] else { return false }
        let known = Set((before[1] + "\n" + after[1]).split(separator: "\n"))
        return state[1].split(separator: "\n").allSatisfy { line in
            known.contains(line) || line.contains(" clean ") || line.hasPrefix("refs/remotes/")
                || line.contains(" missing ")
        }
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
            if !log.isEmpty {
                lines += [try git("symbolic-ref", "HEAD", in: workspace), log]
                let status = try JSONNode(tool.run("workspace", "status", "--json").output)
                let changes = status["changes"].array.map { "\($0["status"].string ?? "") \($0["path"].string ?? "")" }
                let moved = status["moved"].array.compactMap(\.string)
                let merge = status["merge"]["source"].string ?? "-"
                lines.append("workspace: \(status["state"].string ?? "") \(changes) \(moved) \(merge)")
            }
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
        var defects = try FileManager.default.contentsOfDirectory(atPath: ada.home.path).filter {
            $0.contains(".clone-")
        }
        for tool in tools {
            let store = "\(tool.directory)/.aimatrix/store"
            let own = "../workspace.git"
            let names = try FileManager.default.contentsOfDirectory(atPath: store)
            for name in names + (FileManager.default.fileExists(atPath: "\(store)/\(own)") ? [own] : []) {
                guard name == own || name.hasSuffix(".git") && !name.hasPrefix(".") else {
                    defects.append("\(store)/\(name)")
                    continue
                }
                let outcome = try Tool.run(
                    "git", ["fsck", "--strict", "--full", "--no-dangling"], in: "\(store)/\(name)",
                    environment: Tool.gitEnvironment)
                if outcome.status != 0 { defects.append("\(name): \(outcome.text)\(outcome.errors)") }
            }
            let marks = [
                "/.tmp", ".lock", "incoming-", ".amx-unpack", ".aimatrix/tmp/", ".aimatrix/pending/",
            ]
            let entries = FileManager.default.enumerator(atPath: tool.directory)?.compactMap { $0 as? String } ?? []
            // Locks of the events, which stay.
            let kept = ["amx.lock", ".aimatrix/journal.lock", ".aimatrix/personal.lock"]
            defects += entries.filter { path in
                !path.hasSuffix("/amx.lock") && !kept.contains(path) && marks.contains { "/\(path)".contains($0) }
            }
        }
        return defects
    }
}
