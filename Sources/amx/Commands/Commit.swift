import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx commit`.
struct Commit: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record the changes of capsules, one commit for each, and of the workspace.",
        discussion: """
            Without ids: every changed capsule, and then the workspace's own files with an amx.lock that names the new commits; or \
            in a capsule's directory that capsule. All are checked first; when one cannot be committed, none is. A merge that was \
            resolved is concluded, by default with its own message.

            Example:
              amx commit -m "Add the rule for refunds, and the volume that tells of it"
              amx commit customer-service -m "Add the rule for refunds"
            """)

    @Argument(help: ArgumentHelp("Capsules.", valueName: "id")) var ids: [String] = []
    @Option(name: .shortAndLong, help: "What changed, and why.") var message: String?
    @OptionGroup var signing: SigningOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        if let message, message.allSatisfy(\.isWhitespace) { throw ValidationError("The message is empty") }
    }

    func run(_ output: Output) throws {
        // Only a merge has a message of its own.
        let merges = message == nil ? (try? Self.merges(ids)) ?? [:] : [:]
        guard message != nil || !merges.isEmpty else {
            throw ValidationError("Missing expected argument '--message <message>'")
        }
        let place = try Place()
        let chosen = try place.ids(ids)
        var warnings: [CapsuleID: [ManifestDiagnostic]] = [:]
        var made: WorkspaceCommitResult?
        try place.workspace.write { () throws(AmxError) in
            let changed = try changedCapsules(chosen, of: place)
            for capsule in changed {
                try capsule.checkMergeResolved()
                warnings[capsule.id] = try capsule.validate(capsule.content()).warnings
            }
            let files = try files(of: place, with: changed)
            guard !changed.isEmpty || files != nil else { return }
            let identity = try signing.identity(of: place.workspace) { (settings) throws(AmxError) in
                try settings.signsCommits()
            }
            let text: String
            if let message { text = message } else { text = try Self.message(for: changed, merges) }
            made = try place.workspace.commit(changed, files: files, message: text, identity: identity)
        }
        let commits = made?.capsules ?? []
        for warning in commits.flatMap({ warnings[$0.id] ?? [] }) + (made?.warnings ?? []) {
            try output.warn("\(warning.file):\(warning.line): \(warning.summary)")
        }
        try output.confirm(
            json: [
                "commits": .array(commits.map { Self.json($0, warnings[$0.id] ?? []) }),
                "workspace": made?.files.map { Self.json($0, made?.warnings ?? []) } ?? .null,
            ]
        ) { _ in
            let lines =
                commits.map { Self.line($0, "\($0.id)") } + (made?.files.map { [Self.line($0, "the workspace")] } ?? [])
            return lines.isEmpty ? "Nothing to commit" : lines.joined(separator: "\n")
        }
    }

    private static func line(_ commit: CommitResult, _ what: String) -> String {
        let count = commit.changes.count
        return "Committed \(what) on \(commit.branch): \(commit.commit.abbreviated), "
            + "\(count) \(count == 1 ? "file" : "files") changed"
    }

    /// The workspace's own files, when the command is about the whole workspace and there is something to record.
    private func files(of place: Place, with changed: [WorkspaceCapsule]) throws(AmxError) -> WorkspaceFiles? {
        guard ids.isEmpty, place.currentID == nil, try place.workspace.manifest() != nil else { return nil }
        guard changed.isEmpty else { return try place.workspace.files() }
        let report = try place.workspace.report()
        if let problem = report.problem { throw problem }
        guard report.files.state != .clean || !report.moved.isEmpty else { return nil }
        return try place.workspace.files()
    }

    private func changedCapsules(_ chosen: [CapsuleID], of place: Place) throws(AmxError) -> [WorkspaceCapsule] {
        var changed: [WorkspaceCapsule] = []
        for id in chosen {
            let capsule = place.workspace.capsule(id)
            let state = try capsule.status().state
            switch state {
            case .clean: break
            case .missing where ids.isEmpty: break
            case .missing: _ = try capsule.existingForm()
            case .conflict:
                _ = try capsule.existingForm()
                changed.append(capsule)
            case .modified, .new, .merging: changed.append(capsule)
            }
        }
        return changed
    }

    /// The messages of the merges that the chosen capsules are in.
    private static func merges(_ ids: [String]) throws(AmxError) -> [CapsuleID: String] {
        let place = try Place()
        var messages: [CapsuleID: String] = [:]
        for id in try place.ids(ids) { messages[id] = try place.workspace.capsule(id).mergeState()?.message }
        return messages
    }

    /// The message of the merges that are concluded, when nothing else is committed.
    private static func message(
        for changed: [WorkspaceCapsule], _ merges: [CapsuleID: String]
    ) throws(AmxError) -> String {
        if let other = changed.first(where: { merges[$0.id] == nil }) {
            throw AmxError(
                .usage, "cannot commit \(other.id): there is no message, and it is in no merge that has one",
                hint: "give one with -m, or name the capsules whose merges you mean")
        }
        return changed.compactMap { merges[$0.id] }.first ?? "Merge"
    }

    private static func json(_ commit: CommitResult, _ warnings: [ManifestDiagnostic]) -> JSONValue {
        [
            "id": .string(commit.id.string), "branch": .string(commit.branch), "commit": .string(commit.commit.hex),
            "tree": .string(commit.tree.hex), "digest": .string(commit.digest.text),
            "files": .count(commit.changes.count), "changes": .array(commit.changes.map(\.summary)),
            "warnings": .array(warnings.map(\.json)),
        ]
    }
}
