import Capsules
import Objects
import Workspaces

extension MergeOutcome {
    /// What merging did, for `--json`.
    var word: String {
        switch self {
        case .upToDate: "up-to-date"
        case .fastForward: "fast-forward"
        case .merged: "merged"
        case .stopped: "stopped"
        }
    }

    /// The branch's commit afterwards.
    var commit: ObjectID {
        switch self {
        case .upToDate(let commit), .fastForward(_, let commit): commit
        case .merged(let result): result.commit
        case .stopped(let state): state.ours
        }
    }

    /// The conflicts that it left.
    var conflicts: [MergeConflict] {
        if case .stopped(let state) = self { state.entries.map(\.conflict) } else { [] }
    }

    /// What merging did, for people.
    func text(_ id: CapsuleID, _ source: String, _ style: Style) -> String {
        switch self {
        case .upToDate: return "\(id) has all of \(source) already"
        case .fastForward(let old, let new):
            return "\(id) went forward to \(source), from \(old.abbreviated) to \(new.abbreviated)"
        case .merged(let result):
            let count = result.changes.count
            return "Merged \(source) into \(result.branch) of \(id): \(result.commit.abbreviated), "
                + "\(count) \(count == 1 ? "file" : "files") changed"
        case .stopped(let state) where state.entries.isEmpty:
            return "Merged \(source) into the working form of \(id): `amx commit \(id)` concludes it"
        case .stopped(let state):
            return "Merging \(source) into \(id) left conflicts:\n"
                + MergeConflict.lines(state.entries.map(\.conflict), style)
        }
    }

    /// The error with which a command ends that left conflicts.
    func failure(_ id: CapsuleID, _ source: String) -> AmxError? {
        let count = conflicts.count
        guard count > 0 else { return nil }
        return AmxError(
            .conflict,
            "cannot conclude the merge of \(source) into \(id): \(count) \(count == 1 ? "conflict is" : "conflicts are") open",
            hint: "resolve them by editing or with `amx resolve \(id) PATH`, then `amx commit \(id)`; "
                + "`amx merge \(id) --abort` goes back")
    }
}
