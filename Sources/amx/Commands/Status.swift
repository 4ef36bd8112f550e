import ArgumentParser
import Capsules
import Objects
import Versions
import Workspaces

/// `amx status`.
struct Status: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show every capsule: form, branch and what is not committed.",
        discussion: """
            Without ids also the workspace itself, where it has been committed and has something to tell. Ahead and behind count \
            commits against the remote branch as it was last fetched.

            Example:
              amx status
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all.", valueName: "id")) var ids: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var failures: [AmxError] = []
        let capsules: [CapsuleStatus]
        var own: CapsuleStatus?
        if ids.isEmpty {
            let inventory = try place.workspace.inventory()
            capsules = place.workspace.statuses(of: inventory.ids)
            failures = inventory.strangers
            own = Self.ownStatus(of: place.workspace)
        } else {
            capsules = try place.ids(ids).map { id throws(AmxError) in try Self.status(of: id, in: place.workspace) }
        }
        failures += (capsules + [own].compactMap(\.self)).compactMap(\.problem)
        failures += [Self.lockProblem(in: place.workspace, own)].compactMap(\.self)
        let installed = Self.installed(in: place.workspace)
        let waiting = (try? WaitingApprovals(among: installed, in: place.workspace).ids) ?? Set(installed.keys)
        try show(capsules, installed: installed, waiting: waiting, own, output)
        // The others have been shown; all of the failures but one are told beside them, and damage decides the exit status.
        guard let told = failures.firstIndex(where: { $0.code == .verification }) ?? failures.indices.last else {
            return
        }
        let failure = failures.remove(at: told)
        for other in failures { try output.warn(other.message) }
        let code = failure.code == .verification ? failure.code : .failure
        throw AmxError(code, failure.message, hint: failure.hint, cause: failure)
    }

    /// Looks at a capsule that was named: one that isn't here ends the command.
    private static func status(of id: CapsuleID, in workspace: Workspace) throws(AmxError) -> CapsuleStatus {
        let status = workspace.capsule(id).statusOrProblem()
        if let problem = status.problem, problem.code == .notFound { throw problem }
        return status
    }

    /// What nobody may go by in `amx.lock`; not looked for where both documents are as they were committed, since no commit has that.
    private static func lockProblem(in workspace: Workspace, _ own: CapsuleStatus?) -> AmxError? {
        let documents = [WorkspaceManifest.fileName, WorkspaceLock.fileName]
        guard own.map({ $0.changes.contains { documents.contains($0.path.string) } }) ?? true else { return nil }
        do throws(AmxError) {
            _ = try workspace.lock()
            return nil
        } catch {
            return error.code == .verification ? error : nil
        }
    }

    /// The installed capsules; none where the lock cannot be read, which `amx workspace status` tells.
    private static func installed(in workspace: Workspace) -> [CapsuleID: InstalledCapsule] {
        guard let ids = try? workspace.installedIDs(), !ids.isEmpty, let lock = try? workspace.lock() else {
            return [:]
        }
        return (try? workspace.installedCapsules(lock)) ?? [:]
    }

    /// Looks at the workspace's own files; nil while they have never been committed.
    private static func ownStatus(of workspace: Workspace) -> CapsuleStatus? {
        // What is wrong with amx.json is told by `amx workspace status`.
        guard let files = try? workspace.files(), (try? files.hasCommit) == true else { return nil }
        return files.statusOrProblem()
    }

    private func show(
        _ capsules: [CapsuleStatus], installed: [CapsuleID: InstalledCapsule], waiting: Set<CapsuleID>,
        _ own: CapsuleStatus?, _ output: Output
    ) throws {
        let json: JSONValue = [
            "capsules": .array(capsules.map { Self.json($0, installed[$0.id], waits: waiting.contains($0.id)) }),
            "workspace": own.map { status in
                guard case .object(var object) = Self.json(status, nil, waits: false) else { return .null }
                (object["form"], object["installed"], object["needsApproval"]) = (nil, nil, nil)
                return .object(object)
            } ?? .null,
        ]
        try output.show(json: json) { style in
            let last = own.flatMap { Self.text(of: $0, style) }
            guard !capsules.isEmpty else {
                return ["No capsules here yet. Make one with `amx new ID`.", last].compactMap(\.self)
                    .joined(separator: "\n")
            }
            var table = Table()
            for capsule in capsules {
                table.add(
                    style.bold(capsule.id.string), capsule.form?.rawValue ?? "-",
                    installed[capsule.id]?.locked.version.text ?? capsule.branch,
                    Self.summary(of: capsule, installed[capsule.id], waits: waiting.contains(capsule.id), style))
            }
            let lines = table.text().split(separator: "\n")
            let texts = zip(lines, capsules).map { line, capsule in
                ([String(line)] + Self.changes(of: capsule, style)).joined(separator: "\n")
            }
            return (texts + [last].compactMap(\.self)).joined(separator: "\n")
        }
    }

    /// The workspace itself; nil when there is nothing to tell of it.
    private static func text(of own: CapsuleStatus, _ style: Style) -> String? {
        let isQuiet = own.state == .clean && own.problem == nil && own.ahead == 0 && own.behind == 0
        guard !isQuiet || own.hasMovedBranch else { return nil }
        let line = "workspace \(style.bold(own.id.string))  \(WorkspaceStatus.line(own, style))"
        return ([line] + own.changes.map { "  \($0.line(style))" }).joined(separator: "\n")
    }

    private static func json(
        _ capsule: CapsuleStatus, _ installed: InstalledCapsule?, waits: Bool
    ) -> JSONValue {
        [
            "id": .string(capsule.id.string), "form": .optional(capsule.form?.rawValue),
            "branch": .string(capsule.branch), "head": .optional(capsule.head?.hex),
            "base": .optional(capsule.base?.hex), "state": .string(capsule.state.rawValue),
            "changes": .array(capsule.changes.map(\.summary)),
            "upstream": .optional(capsule.upstream), "ahead": .count(capsule.ahead), "behind": .count(capsule.behind),
            "installed": .optional(installed?.locked.version.text), "needsApproval": .bool(waits),
            "problem": .optional(capsule.problem?.message), "merge": capsule.merge.map(\.json) ?? .null,
        ]
    }

    private static func summary(
        of capsule: CapsuleStatus, _ installed: InstalledCapsule?, waits: Bool, _ style: Style
    ) -> String {
        if let installed, capsule.state == .clean {
            if waits {
                return style.yellow("installed, waits for an approval: `amx install` shows what is asked for")
            }
            return installed.isCurrent
                ? style.green("installed") : style.yellow("installed in another version: `amx install` brings this one")
        }
        if capsule.problem != nil { return style.red("cannot be read") }
        var parts: [String] = []
        switch capsule.state {
        case .clean: parts.append(style.green("clean"))
        case .modified: parts.append(style.yellow("modified"))
        case .new: parts.append(style.yellow("new, never committed"))
        case .merging:
            parts.append(
                style.yellow("merging \(capsule.merge?.source ?? ""): `amx commit \(capsule.id)` concludes it"))
        case .conflict where capsule.merge != nil:
            let count = capsule.merge?.conflicts.count ?? 0
            parts.append(
                style.red(
                    "merging \(capsule.merge?.source ?? ""), \(count) \(count == 1 ? "conflict" : "conflicts"): "
                        + "`amx conflicts \(capsule.id)` lists them"))
        case .conflict: parts.append(style.red("in both forms: move one of them elsewhere"))
        case .missing where capsule.head == nil: parts.append(style.red("missing: pull it again"))
        case .missing: parts.append(style.red("missing: `amx switch \(capsule.id) \(capsule.branch)` brings it back"))
        }
        if installed == nil, capsule.hasMovedBranch, capsule.merge == nil, let head = capsule.head {
            parts.append(
                style.yellow(
                    "\(capsule.branch) has moved to \(head.abbreviated): "
                        + "`amx switch \(capsule.id) \(capsule.branch) --keep` goes there"))
        }
        var distance: [String] = []
        if capsule.ahead > 0 { distance.append("\(capsule.ahead) ahead") }
        if capsule.behind > 0 { distance.append("\(capsule.behind) behind") }
        if installed == nil, let upstream = capsule.upstream, !distance.isEmpty {
            parts.append("\(distance.joined(separator: " and ")) \(capsule.behind > 0 ? "" : "of ")\(upstream)")
        }
        return parts.joined(separator: ", ")
    }

    private static func changes(of capsule: CapsuleStatus, _ style: Style) -> [String] {
        // The files of a capsule that was never committed are all new, and as a list say nothing.
        guard capsule.state == .modified || capsule.merge != nil else { return [] }
        return capsule.changes.map { "  \($0.line(style))" }
    }
}
