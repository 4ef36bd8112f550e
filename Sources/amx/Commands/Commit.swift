import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx commit`.
struct Commit: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit", abstract: "Record the changes of capsules, one commit for each, and of the workspace.",
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
            if let message { text = message } else { text = try Self.message(for: changed, files, merges) }
            made = try place.workspace.commit(
                changed, files: files, message: text, messages: merges, identity: identity)
        }
        let commits = made?.capsules ?? []
        for warning in commits.flatMap({ warnings[$0.id] ?? [] }) + (made?.warnings ?? []) {
            try output.warn("\(warning.file):\(warning.line): \(warning.summary)", isInResult: true)
        }
        try output.confirm(
            json: [
                "commits": .array(commits.map { Self.json($0, warnings[$0.id] ?? []) }),
                "workspace": made?.files.map { Self.json($0, made?.warnings ?? []) } ?? .null,
                "moved": .array((made?.moved ?? []).map(\.json)),
                "removed": .strings((made?.departed ?? []).map(\.string)),
            ]
        ) { _ in
            let lines =
                commits.map { Self.line($0, "\($0.id)") } + (made?.files.map { [Self.line($0, "the workspace")] } ?? [])
                + (made?.moved ?? []).map(\.line) + (made?.departed ?? []).map(MovedCapsule.departureLine)
            return lines.isEmpty ? "Nothing to commit" : lines.joined(separator: "\n")
        }
    }

    /// A commit that was made, for people.
    static func line(_ commit: CommitResult, _ what: String) -> String {
        let changed = commit.changes.isEmpty ? "" : ", \(commit.changes.countedFiles) changed"
        guard let source = commit.concludes else {
            return "Committed \(what) on \(commit.branch): \(commit.commit.abbreviated)\(changed)"
        }
        return
            "Concluded the merge of \(source) into \(commit.branch) of \(what): \(commit.commit.abbreviated)\(changed)"
    }

    /// The workspace's own files, when the command is about the whole workspace and there is something to record.
    private func files(of place: Place, with changed: [WorkspaceCapsule]) throws(AmxError) -> WorkspaceFiles? {
        guard ids.isEmpty, place.currentID == nil, try place.workspace.manifest() != nil else { return nil }
        return try changed.isEmpty ? Self.changedFiles(of: place.workspace) : place.workspace.files()
    }

    /// The workspace's own files, when there is something of them to record.
    static func changedFiles(of workspace: Workspace) throws(AmxError) -> WorkspaceFiles? {
        let report = try workspace.report()
        if let problem = report.problem { throw problem }
        return try report.files.state == .clean && report.moved.isEmpty ? nil : workspace.files()
    }

    private func changedCapsules(_ chosen: [CapsuleID], of place: Place) throws(AmxError) -> [WorkspaceCapsule] {
        var changed: [WorkspaceCapsule] = []
        for status in place.workspace.statuses(of: chosen) {
            if let problem = status.problem { throw problem }
            let capsule = place.workspace.capsule(status.id)
            switch status.state {
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

    /// The messages of the merges that the chosen capsules, and the workspace where it is meant too, are in, by the names of their
    /// notes.
    private static func merges(_ ids: [String]) throws(AmxError) -> [String: String] {
        let place = try Place()
        var copies: [any WorkingCopy] = try place.ids(ids).map(place.workspace.capsule)
        if ids.isEmpty, place.currentID == nil { copies.append(try place.workspace.files()) }
        var messages: [String: String] = [:]
        for copy in copies { messages[copy.noteName] = try copy.mergeState()?.message }
        return messages
    }

    /// The message of what is in no merge of its own, when merges are concluded and nothing else is committed.
    private static func message(
        for changed: [WorkspaceCapsule], _ files: WorkspaceFiles?, _ merges: [String: String]
    ) throws(AmxError) -> String {
        if let other = changed.first(where: { merges[$0.noteName] == nil }) {
            throw AmxError(
                .usage, "cannot commit \(other.id): there is no message, and it is in no merge that has one",
                hint: "give one with -m, or name the capsules whose merges you mean")
        }
        return files.flatMap { merges[$0.noteName] } ?? changed.compactMap { merges[$0.noteName] }.first ?? "Merge"
    }

    /// A commit that was made, for `--json`.
    static func json(_ commit: CommitResult, _ warnings: [ManifestDiagnostic]) -> JSONValue {
        [
            "id": .string(commit.id.string), "branch": .string(commit.branch), "commit": .string(commit.commit.hex),
            "tree": .string(commit.tree.hex), "digest": .string(commit.digest.text),
            "files": .count(commit.changes.count), "changes": .array(commit.changes.map(\.summary)),
            "warnings": .array(warnings.map(\.json)), "merged": .optional(commit.concludes),
        ]
    }
}
