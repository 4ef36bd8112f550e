package import Objects

extension WorkingCopy {
    /// Deletes branches, all or none, with what is set about the remote branches that they follow; returns them as they were.
    /// The caller holds the lock.
    ///
    /// `.conflict` for the current branch and, unless `force`, for one with commits that no other branch, no remote branch and
    /// no release reaches. Also then the commits stay in the store, without a name.
    package func deleteBranches(_ names: [String], force: Bool) throws(AmxError) -> [Branch] {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        var going: [Ref] = []
        for name in names {
            let ref = try existingBranch(name, in: position)
            if !going.contains(where: { $0.name == ref.name }) { going.append(ref) }
        }
        let rest = position.snapshot.refs.filter { ref in
            (ref.name.branch ?? ref.name.tag ?? ref.name.suffix(after: "refs/remotes/")) != nil
                && !going.contains { $0.name == ref.name }
        }
        for ref in going {
            let name = ref.name.branch ?? ref.name.string
            guard ref.name != position.branch else {
                throw AmxError(
                    .conflict, "cannot delete the branch \(name) of \(id): it is the current one",
                    hint: "go to another one first with `\(command("switch", "BRANCH"))`")
            }
            guard !force else { continue }
            let lost = try CommitWalk(repository).missing(wants: [ref.id], haves: rest.map(\.id)).found.count
            guard lost == 0 else {
                throw AmxError(
                    .conflict,
                    "cannot delete the branch \(name) of \(id): \(lost == 1 ? "a commit is" : "\(lost) commits are") in no "
                        + "other branch and in no release",
                    hint: "keep them with `\(command("merge", name))`, or give them up with --force")
            }
        }
        try repository.refs.commit(going.map { RefUpdate($0.name, expected: .id($0.id), new: nil) })
        let deleted = going.map { Branch(name: $0.name.branch ?? $0.name.string, commit: $0.id, isCurrent: false) }
        let tracking = try workspace.tracking()
        for branch in deleted where tracking[self, branch.name] != nil {
            try workspace.setUpstream(nil, of: branch.name, in: self)
        }
        return deleted
    }

    /// Gives a branch, without `old` the current one, another name, under which it follows what it followed; returns the old
    /// name and the branch. The caller holds the lock.
    ///
    /// `.conflict` when the name is taken, and for the current branch in a merge. Cut off, it may leave both names.
    package func renameBranch(_ old: String?, to new: String) throws(AmxError) -> (old: String, branch: Branch) {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        guard old != nil || position.head != nil else { throw unborn(position) }
        let from = try existingBranch(old ?? position.branchName, in: position)
        let to = try Self.branchRef(new)
        let name = from.name.branch ?? from.name.string
        try checkNew(to, in: position)
        let isCurrent = from.name == position.branch
        let removal = RefUpdate(from.name, expected: .id(from.id), new: nil)
        let addition = RefUpdate(to, expected: .missing, new: from.id)
        if isCurrent {
            try checkNoMerge("rename the branch of", in: position)
            // HEAD never names a branch that is not there.
            try repository.refs.commit([addition])
            try repository.refs.setHead(to)
            try repository.refs.commit([removal])
        } else {
            try repository.refs.commit([removal, addition])
        }
        if let upstream = try workspace.tracking()[self, name] {
            try workspace.setUpstream(upstream, of: new, in: self)
            try workspace.setUpstream(nil, of: name, in: self)
        }
        return (name, Branch(name: new, commit: from.id, isCurrent: isCurrent))
    }

    private func existingBranch(_ name: String, in position: Position) throws(AmxError) -> Ref {
        if let ref = RefName(branch: name).flatMap({ position.snapshot[$0] }) { return ref }
        throw AmxError(
            .notFound, "\(id) has no branch \(TreeRules.printable(name.utf8))",
            hint: NearNames.hint(for: name, among: position.snapshot.branches.compactMap(\.name.branch))
                ?? "`\(command("branch"))` lists those that exist")
    }
}
