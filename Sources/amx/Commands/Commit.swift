import ArgumentParser
import Capsules
import Objects
import Workspaces

/// `amx commit`.
struct Commit: AmxCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record the changes of capsules, one commit for each.",
        discussion: """
            Without ids: every changed capsule, or in a capsule's directory that one. All of them are checked first; when one \
            cannot be committed, none is.

            Example:
              amx commit customer-service -m "Add the rule for refunds"
            """)

    @Argument(help: ArgumentHelp("Capsules.", valueName: "id")) var ids: [String] = []
    @Option(name: .shortAndLong, help: "What changed, and why.") var message: String
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard message.contains(where: { !$0.isWhitespace }) else { throw ValidationError("The message is empty") }
    }

    func run(_ output: Output) throws {
        let place = try Place()
        let chosen = try place.ids(ids)
        var made: [CommitResult] = []
        var warnings: [CapsuleID: [ManifestDiagnostic]] = [:]
        let outcome = Result {
            try place.workspace.write { () throws(AmxError) in
                let changed = try changedCapsules(chosen, of: place)
                for capsule in changed { warnings[capsule.id] = try capsule.validate(capsule.content()).warnings }
                guard !changed.isEmpty else { return }
                let identity = try place.workspace.identity()
                for capsule in changed {
                    if let commit = try capsule.commit(message: message, identity: identity) { made.append(commit) }
                }
            }
        }
        if case .failure = outcome, made.isEmpty { return try outcome.get() }
        for commit in made {
            for warning in warnings[commit.id] ?? [] {
                try output.warn("\(warning.file):\(warning.line): \(warning.summary)")
            }
        }
        try output.confirm(json: ["commits": .array(made.map { Self.json($0, warnings[$0.id] ?? []) })]) { _ in
            guard !made.isEmpty else { return "Nothing to commit" }
            return made.map { commit in
                let count = commit.changes.count
                return "Committed \(commit.id) on \(commit.branch): \(commit.commit.abbreviated), "
                    + "\(count) \(count == 1 ? "file" : "files") changed"
            }.joined(separator: "\n")
        }
        // A commit that was made is told, also when a later one failed.
        try outcome.get()
    }

    private func changedCapsules(_ chosen: [CapsuleID], of place: Place) throws(AmxError) -> [WorkspaceCapsule] {
        var changed: [WorkspaceCapsule] = []
        for id in chosen {
            let capsule = place.workspace.capsule(id)
            let state = try capsule.status().state
            switch state {
            case .clean: break
            case .missing where ids.isEmpty: break
            case .missing, .conflict: _ = try capsule.existingForm()
            case .modified, .new: changed.append(capsule)
            }
        }
        return changed
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
