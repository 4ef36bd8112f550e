import Capsules
import HubClient
import Objects
import Workspaces

extension CapsulePull.Pulled {
    /// What pulling did, for `--json`.
    func json(from remote: String) -> JSONValue {
        [
            "id": .string(transfer.id.string), "remote": .string(remote), "branch": .optional(branch),
            "result": .optional(word),
            "old": .optional(old?.hex), "new": .optional(commit?.hex), "refs": TransferReport(transfer, .fetch).json,
            "conflicts": .array(conflicts.map(\.json)), "resumedBytes": .count(transfer.resumedBytes),
        ]
    }

    /// Whether nothing changed and nothing was refused.
    var isUpToDate: Bool { advance == .upToDate && TransferReport(transfer, .fetch).isUpToDate }

    /// The capsule, or the workspace, and what became of its branch, for people.
    func line(_ copy: any WorkingCopy, from remote: String, _ style: Style) -> String {
        let id = copy.kind == .capsule ? style.bold(transfer.id.string) : "workspace \(style.bold(transfer.id.string))"
        switch advance {
        case .new: return "\(id) is new, on \(branch ?? "") at \(commit?.abbreviated ?? "")"
        case .fastForward(let old):
            return "\(id) \(branch ?? "") went from \(old.abbreviated) to \(commit?.abbreviated ?? "")"
        case .merged(let outcome, _, let source): return outcome.text(copy, source, style)
        case .upToDate: return "\(id) \(branch ?? "") stays at \(commit?.abbreviated ?? "")"
        case nil:
            let way =
                copy.kind == .capsule
                ? "`amx push \(remote) \(copy.id)` brings its branch there, "
                    + "`\(copy.command("branch", "--upstream \(remote)/BRANCH"))` follows another"
                : "`amx push \(remote)` brings its branch there"
            return "\(id) has no branch there to follow: \(way)"
        }
    }

    private var word: String? {
        switch advance {
        case .new: "new"
        case .fastForward: "fast-forward"
        case .merged(let outcome, _, _): outcome.word
        case .upToDate: "up-to-date"
        case nil: nil
        }
    }

    private var conflicts: [MergeConflict] {
        if case .merged(let outcome, _, _) = advance { outcome.conflicts } else { [] }
    }

    /// The error that the command ends with although there is a result: a rejected reference, or conflicts.
    func failure(_ copy: any WorkingCopy) -> AmxError? {
        if let rejection = transfer.failure("pull") { return rejection }
        guard case .merged(let outcome, _, let source) = advance else { return nil }
        return outcome.failure(copy, source)
    }

    private var old: ObjectID? {
        switch advance {
        case .fastForward(let old), .merged(_, let old, _): old
        case .new: nil
        case .upToDate, nil: commit
        }
    }
}
