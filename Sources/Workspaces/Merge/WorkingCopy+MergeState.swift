import Capsules
package import Objects

extension WorkingCopy {
    /// The merge of the capsule that has not ended; nil when there is none.
    package func mergeState() throws(AmxError) -> MergeState? {
        guard Directory.exists(mergePath), let repository = try repository() else { return nil }
        return try mergeState(in: position(in: repository))
    }

    /// The merge that has not ended, at a position. One that was concluded before its file could go doesn't count.
    func mergeState(in position: Position) throws(AmxError) -> MergeState? {
        guard let state = try readMergeState(), state.ours == position.base,
            state.branch == position.branch
        else {
            return nil
        }
        return state
    }

    private func readMergeState() throws(AmxError) -> MergeState? {
        let path = mergePath
        guard let bytes = try FileContent.read(path, limit: 1 << 30) else { return nil }
        guard let state = MergeState(bytes) else {
            throw AmxError(
                .failure, "cannot read \(path): it is damaged",
                hint: "move it elsewhere to forget the merge; the working form stays as it is")
        }
        return state
    }

    /// Removes what describes a merge that has been concluded.
    func removeConcludedMerge() throws(AmxError) {
        guard let state = try readMergeState(), let repository = try repository(),
            try repository.refs.snapshot()[.base]?.id != state.ours
        else { return }
        try removeMergeState()
    }

    /// Refuses, with `.conflict`, what cannot be done during a merge.
    func checkNoMerge(_ what: String, in position: Position) throws(AmxError) {
        guard let state = try mergeState(in: position) else { return }
        throw AmxError(
            .conflict, "cannot \(what) \(id): its merge of \(state.source) has not ended",
            hint:
                "conclude it with `\(command("commit"))`, or go back with `\(command("merge", "--abort"))`")
    }

    /// The conflicts that are open: not resolved, or with a marker left.
    ///
    /// Those of `amx.lock` are looked for anew, with `made`, commits of capsules that are about to be.
    package func openConflicts(of state: MergeState, made: [CommitResult] = []) throws(AmxError) -> [MergeConflict] {
        var open: [MergeConflict] = []
        let files = self as? WorkspaceFiles
        for entry in state.entries where files == nil || !WorkspaceFiles.isLock(entry.conflict) {
            if try isOpen(entry, of: state) { open.append(entry.conflict) }
        }
        if let lock = try files?.openLock(of: state, made: made) { open.append(lock) }
        return open.sorted { $0.path < $1.path }
    }

    /// Refuses, with `.conflict`, to conclude the merge that has not ended, if there is one, while something is open.
    package func checkMergeResolved() throws(AmxError) {
        if let state = try mergeState() { try checkResolved(state) }
    }

    /// Refuses, with `.conflict`, to conclude a merge while something is open.
    func checkResolved(_ state: MergeState, made: [CommitResult] = []) throws(AmxError) {
        let open = try openConflicts(of: state, made: made)
        guard let first = open.first else { return }
        let names = open.prefix(3).map(\.path.string).joined(separator: ", ")
        throw AmxError(
            .conflict,
            "\(id) has unresolved conflicts: \(names)\(open.count > 3 ? " and \(open.count - 3) more" : "")",
            hint: self is WorkspaceFiles && WorkspaceFiles.isLock(first)
                ? "\(first.reason ?? ""), or take a side with `\(command("resolve", first.path.string, "--ours"))`"
                : first.kind == .text
                    ? "edit the file and remove the markers, or take a side with `\(command("resolve", "PATH", "--ours"))`"
                    : "edit the file and run `\(command("resolve", "PATH"))`, or take a side with --ours or --theirs"
        )
    }

    private func isOpen(_ entry: MergeState.Entry, of state: MergeState) throws(AmxError) -> Bool {
        guard entry.conflict.kind == .text else { return !entry.isResolved }
        guard try hasMarkers(entry.conflict.path, of: state) else { return false }
        guard entry.isResolved else { return true }
        return try !isMarked(entry.conflict, of: state)
    }

    /// Whether a file of the working form has a line that the merge may have written; one that is gone has none.
    func hasMarkers(_ path: TreePath, of state: MergeState) throws(AmxError) -> Bool {
        do throws(AmxError) {
            return state.labels.mark(try directoryForm.read(path).bytes)
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }

    /// Whether a side's own text has such a line, so that the user has to say that it belongs there.
    func isMarked(_ conflict: MergeConflict, of state: MergeState) throws(AmxError) -> Bool {
        let repository = try existingRepository()
        for commit in [state.ours, state.theirs] {
            let files = try repository.files(ofTree: repository.commit(commit).tree)
            guard let file = files.first(where: { $0.path == conflict.path }) else { continue }
            if state.labels.mark(try repository.read(file.id, as: .blob)) { return true }
        }
        return false
    }

    // MARK: Changing it

    /// Brings the working form from what it was to the state's tree and makes the state the capsule's, or leaves all as it was.
    ///
    /// The steps: new files aside, the note, the state, the form, the note's removal; each is durable before the next.
    func apply(_ state: MergeState, replacing old: MergeState?, in repository: Repository)
        throws(AmxError)
    {
        let change = try formChange(for: state, in: repository, sparing: false)
        try note(MergeStep.apply.encoded)
        do throws(AmxError) {
            try write(state)
            try change.apply()
        } catch {
            // If that fails too, the note lets a later process bring the change to its end.
            do throws(AmxError) {
                try change.undo()
                if let old { try write(old) } else { try removeMergeState() }
                try removeNote()
            } catch {}
            throw error
        }
        try removeNote()
    }

    /// Ends a step that was cut off.
    func finish(_ step: MergeStep, in repository: Repository) throws(AmxError) {
        if let state = try readMergeState() {
            switch step {
            case .apply: try formChange(for: state, in: repository, sparing: true).apply()
            case .abort:
                try abortChange(of: state, in: repository).apply()
                try removeMergeState()
            }
        }
        try removeNote()
    }

    private func formChange(
        for state: MergeState, in repository: Repository, sparing: Bool
    ) throws(AmxError) -> DirectoryChange {
        try DirectoryChange(
            directoryForm, from: repository.files(ofTree: state.from),
            to: repository.files(ofTree: state.tree),
            in: repository, sparing: sparing)
    }

    /// Goes back to the current branch's commit as it was before the merge. The caller holds the lock.
    ///
    /// Files that neither side has stay. A capsule that was packed is packed again, unless such files keep it from that.
    package func abortMerge() throws(AmxError) -> MergeState {
        try finishPending()
        let repository = try existingRepository()
        guard let state = try mergeState(in: position(in: repository)) else { throw noMerge() }
        let change = try abortChange(of: state, in: repository)
        try note(MergeStep.abort.encoded)
        do throws(AmxError) {
            try change.apply()
            try removeMergeState()
        } catch {
            do throws(AmxError) {
                try change.undo()
                try removeNote()
            } catch {}
            throw error
        }
        try removeNote()
        if state.form == .packed, let capsule = self as? WorkspaceCapsule,
            try capsule.status().state == .clean,
            try capsule.content().ignored.isEmpty
        {
            _ = try capsule.pack()
        }
        return state
    }

    private func abortChange(of state: MergeState, in repository: Repository) throws(AmxError)
        -> DirectoryChange
    {
        let before = try repository.files(ofTree: repository.commit(state.ours).tree)
        let known = Set(
            (try repository.files(ofTree: state.tree) + repository.files(ofTree: state.from) + before)
                .map(\.path))
        var current: [FileEntry] = []
        for path in known.sorted() {
            guard let entry = try directoryForm.state(of: path) else { continue }
            current.append(entry)
        }
        return try DirectoryChange(
            directoryForm, from: current, to: before, in: repository, sparing: false)
    }

    /// The error when there is nothing to abort or resolve.
    package func noMerge() -> AmxError {
        AmxError(
            .notFound, "\(id) is in no merge", hint: "start one with `\(command("merge", "BRANCH"))`")
    }

    /// The error when the branch isn't where the working form was made from.
    func moved(_ position: Position) -> AmxError {
        let name = position.branchName
        let command = kind == .workspace ? command("switch", name) : command("switch", name, "--keep")
        return AmxError(
            .conflict, "\(id): branch \(name) has moved since the working form was made from it",
            hint: "`\(command)` goes there\(kind == .workspace ? "" : ", with what you have changed")")
    }

    private func write(_ state: MergeState) throws(AmxError) {
        try Directory.createDurably(workspace.mergeDirectory)
        try AtomicFile.write(state.encoded, to: mergePath)
    }

    func removeMergeState() throws(AmxError) {
        guard Directory.exists(mergePath) else { return }
        try Directory.remove(mergePath)
        try Directory.sync(workspace.mergeDirectory)
    }
}

extension WorkingCopy {
    /// The description of the merge that has not ended.
    var mergePath: String { "\(workspace.mergeDirectory)/\(noteName)" }
}

extension Workspace {
    /// The folder of the merges that have not ended.
    var mergeDirectory: String { "\(metadata)/merge" }
}
