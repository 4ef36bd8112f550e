import Capsules
package import Objects

extension WorkingCopy {
    /// Settles a conflict: with one side, or as the file is now when `side` is nil. The caller holds the lock.
    ///
    /// With a side, what merged of the file stays merged. The file beside it goes, unless it was changed. `.notFound` when the path is in
    /// no conflict; `.conflict` when a side would overwrite an edit, or markers are left. Gives the merge as it is afterwards.
    package func resolve(_ path: TreePath, with side: MergeSide?) throws(AmxError) -> MergeState {
        try finishPending()
        let repository = try existingRepository()
        guard let state = try mergeState(in: position(in: repository)) else { throw noMerge() }
        if let files = self as? WorkspaceFiles, path.bytes.elementsEqual(WorkspaceLock.fileName.utf8),
            !state.entries.contains(where: { $0.conflict.path == path && !WorkspaceFiles.isLock($0.conflict) })
        {
            return try files.resolveLock(with: side, of: state, in: repository)
        }
        guard let index = state.entries.firstIndex(where: { $0.conflict.path == path }) else { throw noConflict(path) }
        let conflict = state.entries[index].conflict
        var files = try repository.files(ofTree: state.tree)
        if let side {
            files = try settled(conflict, with: side, files, of: state, in: repository)
        } else if conflict.kind == .text, try hasMarkers(path, of: state),
            try !isMarked(conflict, of: state)
        {
            throw AmxError(
                .conflict,
                "\(path.string) of \(id) still has the lines `\(state.labels.start)` or `\(state.labels.end)`",
                hint: "edit it until it is as it should be, or take a side with --ours or --theirs")
        }
        return try settle(index, after: files, of: state, in: repository)
    }

    /// Writes the files with which a conflict is settled, but for the one beside it, and gives the merge as it is then.
    ///
    /// `before` is what the working form holds now, where that is not what the merge has written.
    func settle(
        _ index: Int, before: [FileEntry]? = nil, after: [FileEntry], of state: MergeState, in repository: Repository
    ) throws(AmxError) -> MergeState {
        let conflict = state.entries[index].conflict
        var files = after
        if let beside = conflict.beside, conflict.kind != .folder,
            let known = files.firstIndex(where: { $0.path == beside }),
            try directoryForm.state(of: beside) == files[known]
        {
            files.remove(at: known)
        }
        var next = state
        if let before { next.from = try staged(before, in: repository) } else { next.from = state.tree }
        next.tree = try staged(files, in: repository)
        next.entries[index].isResolved = true
        try apply(next, replacing: state, in: repository)
        return next
    }

    /// The error for a path that is in no conflict.
    func noConflict(_ path: TreePath) -> AmxError {
        AmxError(
            .notFound, "\(path.string) of \(id) is in no conflict",
            hint: "`\(command("conflicts"))` lists those that are")
    }

    /// The merge's files with a conflict settled.
    private func settled(
        _ conflict: MergeConflict, with side: MergeSide, _ files: [FileEntry], of state: MergeState,
        in repository: Repository
    ) throws(AmxError) -> [FileEntry] {
        let path = conflict.path
        guard conflict.kind != .folder, conflict.kind != .manifest else {
            throw AmxError(
                .conflict, "\(path.string) of \(id) is not settled by taking a side",
                hint: "bring it in order by hand, then run `\(command("resolve", path.string))`")
        }
        let written = files.first { $0.path == path }
        guard try directoryForm.state(of: path) == written else {
            throw AmxError(
                .conflict, "\(path.string) of \(id) was edited since the merge wrote it",
                hint: "`\(command("resolve", path.string))` takes it as it is")
        }
        let plan = try mergePlan(
            state.ours, state.theirs, source: state.source, branch: state.branch, in: repository,
            favor: { $0 == path ? side : nil })
        let staging = try ObjectStaging(for: repository.path)
        var settled = files.filter { $0.path != path }
        if let entry = plan.files.first(where: { $0.path == path }) {
            if let content = plan.contents[entry.id] {
                try staging.add(content, kind: .blob)
            }
            settled.append(entry)
        }
        try staging.publish()
        return settled.sorted { $0.path < $1.path }
    }

    private func staged(_ files: [FileEntry], in repository: Repository) throws(AmxError) -> ObjectID {
        let staging = try ObjectStaging(for: repository.path)
        let tree = try staging.addTree(of: files)
        try staging.publish()
        try repository.refresh()
        return tree
    }
}
