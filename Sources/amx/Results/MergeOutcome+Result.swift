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
    func text(_ copy: any WorkingCopy, _ source: String, _ style: Style) -> String {
        switch self {
        case .upToDate: return "\(copy.title) has all of \(source) already"
        case .fastForward(let old, let new):
            return "\(copy.title) went forward to \(source), from \(old.abbreviated) to \(new.abbreviated)"
        case .merged(let result):
            return "Merged \(source) into \(result.branch) of \(copy.title): \(result.commit.abbreviated), "
                + "\(result.changes.countedFiles) changed"
        case .stopped(let state) where state.entries.isEmpty:
            return "Merged \(source) into the working form of \(copy.title): `\(copy.command("commit"))` concludes it"
        case .stopped(let state):
            return "Merging \(source) into \(copy.title) left conflicts:\n"
                + MergeConflict.lines(state.entries.map(\.conflict), style)
        }
    }

    /// The error with which a command ends that left conflicts.
    func failure(_ copy: any WorkingCopy, _ source: String) -> AmxError? {
        let count = conflicts.count
        guard count > 0 else { return nil }
        return AmxError(
            .conflict,
            "cannot conclude the merge of \(source) into \(copy.title): \(count) \(count == 1 ? "conflict is" : "conflicts are") open",
            hint:
                "resolve them by editing or with `\(copy.command("resolve", "PATH"))`, then `\(copy.command("commit"))`; "
                + "`\(copy.command("merge", "--abort"))` goes back")
    }
}

extension WorkingCopy {
    /// What a sentence calls it.
    var title: String { kind == .capsule ? id.string : "the workspace" }
}
