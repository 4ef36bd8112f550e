package import Objects

/// What pulling did to a capsule's current branch.
package enum AdvanceResult: Sendable, Hashable {
    /// The branch was there already, or is ahead.
    case upToDate
    /// The branch and the working form moved forward.
    case fastForward(from: ObjectID)
    /// The capsule came here.
    case new
}

extension WorkingCopy {
    /// Brings the current branch and the working form forward to a commit that has been fetched. The caller holds the lock.
    ///
    /// A capsule without any branch gets `branch`; one without a working form gets the packed one. `.conflict` when the branches have diverged or
    /// uncommitted changes would be lost; nothing has changed then.
    package func advance(to target: ObjectID, branch: RefName, in repository: Repository) throws(AmxError)
        -> AdvanceResult
    {
        try finishPending()
        let position = try position(in: repository)
        let current = position.head == nil && position.snapshot.branches.isEmpty ? branch : position.branch
        guard let head = position.snapshot[current]?.id else {
            guard try form() == nil else {
                throw AmxError(
                    .conflict, "\(id) is here already and has never been committed",
                    hint: "move \(directoryPath) elsewhere, then pull again")
            }
            try perform(
                Transition(from: nil, to: target, branch: current, advances: .missing), in: repository)
            return .new
        }
        let walk = CommitWalk(repository)
        if try walk.isAncestor(target, of: head) {
            guard try form() == nil else { return .upToDate }
            // The commits came here without a form: another workspace has pushed them.
            try perform(Transition(from: nil, to: head, branch: current, advances: nil), in: repository)
            return .new
        }
        guard try walk.isAncestor(head, of: target) else {
            throw AmxError(
                .conflict, "\(id): \(position.branchName) and the fetched branch have diverged",
                hint: "keep your commits on a new branch with `\(command("switch", "NAME", "--create"))`; "
                    + "`\(command("diff", head.abbreviated, target.abbreviated))` shows the difference")
        }
        try checkNothingIsLost(changingTo: target, in: repository, base: position.base)
        let hasForm = try form() != nil
        try perform(
            Transition(from: hasForm ? position.base : nil, to: target, branch: current, advances: .id(head)),
            in: repository)
        return .fastForward(from: head)
    }
}
