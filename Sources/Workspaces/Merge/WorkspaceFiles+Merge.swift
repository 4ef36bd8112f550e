package import Capsules
package import Objects

/// What merging a branch of a workspace did.
package struct WorkspaceMergeResult: Sendable {
    /// What became of the workspace's files.
    package let outcome: MergeOutcome
    /// The branch's commit before.
    package let old: ObjectID?
    /// The capsules that went elsewhere, with their branches.
    package let capsules: [MovedCapsule]
    /// The installed capsules that went, since the merged lock does not name them.
    package let departed: [CapsuleID]
}

extension Workspace {
    /// Merges a revision into the workspace's current branch, and brings the capsules where the merged `amx.lock` says.
    ///
    /// As ``WorkingCopy/merge(_:)``, for all that belongs to the workspace. Capsules move when the merge is concluded, here or by a
    /// commit: all or none. The caller holds the lock.
    package func mergeFiles(
        _ revision: String, message: String?, identity: Identity, commits: Bool, isFastForwardOnly: Bool
    ) throws(AmxError) -> WorkspaceMergeResult {
        let files = try files()
        let request = try files.mergeRequest(
            revision, message: message, identity: identity, commits: commits, isFastForwardOnly: isFastForwardOnly)
        let old = try files.position(in: files.existingRepository()).head
        let before = try positions()
        let outcome = try files.merge(request)
        try layOutFolders()
        let after = try positions()
        return WorkspaceMergeResult(
            outcome: outcome, old: old,
            capsules: after.values.filter { before[$0.id] != $0 }.sorted { $0.id < $1.id },
            departed: before.keys.filter { after[$0] == nil }.sorted())
    }

    /// Where each capsule is that `amx.lock` names.
    private func positions() throws(AmxError) -> [CapsuleID: MovedCapsule] {
        var positions: [CapsuleID: MovedCapsule] = [:]
        for id in try capsuleIDs() {
            guard let repository = try capsule(id).repository() else { continue }
            let position = try capsule(id).position(in: repository)
            guard let base = position.base else { continue }
            positions[id] = MovedCapsule(id: id, branch: position.branchName, commit: base)
        }
        return positions
    }
}

extension WorkspaceFiles {
    /// Puts into a merge what becomes of the capsules: `amx.lock`, the moves, and what is undecided.
    func placeCapsules(
        in plan: inout MergedTree, _ ours: ObjectID, _ theirs: ObjectID, _ repository: Repository
    ) throws(AmxError) {
        let path = try TreePath(WorkspaceLock.fileName)
        let capsules = try capsuleMerge(ours, theirs, in: repository)
        try plan.replace(path, by: capsules.lock.encoded)
        plan.capsules = capsules
        try declareCapsules(in: &plan, ours, theirs, repository)
        // What the file alone could not tell, the capsules' histories may.
        plan.conflicts.removeAll { $0.path == path && $0.kind == .json }
        if let conflict = try capsules.conflict() {
            plan.conflicts = (plan.conflicts + [conflict]).sorted { $0.path < $1.path }
        }
    }

    /// Says in the merged `amx.json` what has been brought to a branch here since the last commit; not where that file is in conflict.
    private func declareCapsules(
        in plan: inout MergedTree, _ ours: ObjectID, _ theirs: ObjectID, _ repository: Repository
    ) throws(AmxError) {
        let path = try TreePath(WorkspaceManifest.fileName)
        guard let lock = plan.capsules?.lock, !plan.conflicts.contains(where: { $0.path == path }),
            let file = plan.files.first(where: { $0.path == path }),
            var manifest = try? WorkspaceManifest.parse(plan.bytes(of: file, in: repository))
        else { return }
        let known = [try self.lock(at: ours, in: repository), try self.lock(at: theirs, in: repository)]
        if try workspace.declare(lock, besides: known, in: &manifest) { try plan.replace(path, by: manifest.encoded) }
    }

    /// Moves the branch, the files and the capsules forward; `.conflict` where a capsule has gone another way here.
    func goForward(
        _ transition: Transition, from head: ObjectID, in repository: Repository, by request: MergeRequest
    ) throws(AmxError) {
        let capsules = try capsuleMerge(head, transition.to, in: repository)
        if let first = capsules.undecided.first {
            throw AmxError(
                .conflict,
                "\(first.id) is elsewhere than \(WorkspaceLock.fileName) says, and its commit there is not the newer one",
                hint: "record where the capsules are with `amx commit -m \"...\"`, then merge again")
        }
        let moves = try moves(of: capsules, from: head, branch: transition.branch, in: repository)
        try workspace.perform(
            moves, then: transition, of: self, in: repository, as: .workspaceMerge, [request.source],
            by: EventActor(userID: request.identity.email))
    }

    /// What is undecided of the capsules in a merge that has not ended; nil when all is, or the user has said that it is.
    func openLock(of state: MergeState, made: [CommitResult]) throws(AmxError) -> MergeConflict? {
        guard !state.entries.contains(where: { Self.isLock($0.conflict) && $0.isResolved }) else { return nil }
        return try capsuleMerge(of: state, made: made).conflict()
    }

    /// Whether a conflict is the one of `amx.lock`, which the capsules' histories decide.
    static func isLock(_ conflict: MergeConflict) -> Bool {
        conflict.kind == .json && conflict.path.bytes.elementsEqual(WorkspaceLock.fileName.utf8)
    }

    /// Settles what is undecided of the capsules: with theirs they go where the other side's `amx.lock` says, else they stay; once the
    /// merge is concluded. The caller holds the lock.
    ///
    /// The file gets the side's entries, or without a side stays as it is now. `.conflict` or `.notFound` where a capsule could not go there.
    func resolveLock(
        with side: MergeSide?, of state: MergeState, in repository: Repository
    ) throws(AmxError) -> MergeState {
        // Whatever was chosen before.
        let capsules = try capsuleMerge(state.ours, state.theirs, in: repository)
        let path = try TreePath(WorkspaceLock.fileName)
        let known = state.entries.firstIndex { Self.isLock($0.conflict) }
        var next = state
        if let conflict = try capsules.conflict() {
            if known == nil { next.entries.append(MergeState.Entry(conflict: conflict, isResolved: false)) }
        } else if known == nil {
            throw noConflict(path)
        }
        next.entries.sort { $0.conflict.path < $1.conflict.path }
        for index in next.entries.indices where Self.isLock(next.entries[index].conflict) {
            next.entries[index].isResolved = true
        }
        next.from = state.tree
        if let side {
            var entries = capsules.lock.capsules
            if side == .theirs {
                let wanted = capsules.undecided.compactMap(\.theirs)
                let here = wanted.filter { Directory.exists(workspace.capsule($0.id).repositoryPath) && $0.lane == nil }
                // Refused now rather than when everything else has been settled.
                _ = try steps(to: here, from: state.ours, branch: state.branch, in: repository)
                for undecided in capsules.undecided {
                    entries.removeAll { $0.id == undecided.id && $0.lane == (undecided.ours ?? undecided.theirs)?.lane }
                }
                entries += wanted
            }
            var files = try repository.files(ofTree: state.tree)
            let staging = try ObjectStaging(for: repository.path)
            let bytes = WorkspaceLock(entries).encoded
            let id = try staging.add(bytes, kind: .blob)
            files.removeAll { $0.path == path }
            files.append(FileEntry(path: path, mode: .regular, id: id))
            next.tree = try staging.addTree(of: files.sorted { $0.path < $1.path })
            try staging.publish()
            try repository.refresh()
        }
        try apply(next, replacing: state, in: repository)
        return next
    }
}
