import Capsules
package import Objects

/// What pulling did to a capsule's current branch.
package enum AdvanceResult: Sendable, Hashable {
    /// The branch was there already, or is ahead.
    case upToDate
    /// The branch and the working form moved forward.
    case fastForward(from: ObjectID)
    /// The branches had diverged and were merged.
    case merged(MergeOutcome, from: ObjectID, source: String)
    /// The capsule came here.
    case new
}

extension WorkingCopy {
    /// Brings the current branch and the working form forward to a commit that has been fetched. The caller holds the lock.
    ///
    /// A capsule without any branch gets `branch`; one without a working form gets the packed one. `.conflict` when the branches have diverged or
    /// uncommitted changes would be lost; nothing has changed then. With `merging`, branches that have diverged are merged.
    package func advance(
        to target: ObjectID, branch: RefName, in repository: Repository, merging request: MergeRequest? = nil
    ) throws(AmxError) -> AdvanceResult {
        try finishPending()
        let position = try position(in: repository)
        try checkNoMerge("pull", in: position)
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
            if let request { return .merged(try merge(request), from: head, source: request.source) }
            throw AmxError(
                .conflict, "\(id): \(position.branchName) and the fetched branch have diverged",
                hint: "bring them together with `amx pull --merge`, or "
                    + "keep your commits on a new branch with `\(command("switch", "NAME", "--create"))`")
        }
        try checkNothingIsLost(changingTo: target, in: repository, base: position.base)
        let hasForm = try form() != nil
        let forward = Transition(
            from: hasForm ? position.base : nil, to: target, branch: current, advances: .id(head))
        if let files = self as? WorkspaceFiles {
            try files.comeForward(forward, from: head, in: repository)
        } else {
            try perform(forward, in: repository)
        }
        return .fastForward(from: head)
    }
}

extension WorkspaceFiles {
    /// Brings the files forward to what was fetched, and takes away the installed capsules that the lock does not name any more.
    func comeForward(
        _ transition: Transition, from head: ObjectID, in repository: Repository
    ) throws(AmxError) {
        let departures = try workspace.departures(
            from: lock(at: head, in: repository), to: lock(at: transition.to, in: repository))
        try workspace.perform(
            CapsuleMoves(departures: departures), then: transition, of: self, in: repository, as: .pull, [],
            by: EventActor(userID: try? workspace.identity().email))
    }
}
