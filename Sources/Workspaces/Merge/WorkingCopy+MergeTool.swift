import Capsules
package import Objects

extension WorkingCopy {
    /// The versions of a file in conflict, for a merge tool.
    ///
    /// `.notFound` when the path is in no conflict; `.conflict` when it is in one that is not about the file's content.
    package func conflictSides(of path: TreePath) throws(AmxError) -> ConflictSides {
        let repository = try existingRepository()
        guard let state = try mergeState(in: position(in: repository)) else { throw noMerge() }
        guard let conflict = state.entries.first(where: { $0.conflict.path == path })?.conflict else {
            throw noConflict(path)
        }
        guard [.text, .json, .yaml, .rows, .binary].contains(conflict.kind),
            !(self is WorkspaceFiles && WorkspaceFiles.isLock(conflict))
        else {
            throw AmxError(
                .conflict, "\(path.string) of \(id) is not settled by a merge tool: its content is not what conflicts",
                hint:
                    "see `\(command("conflicts"))`, then run `\(command("resolve", path.string))`, maybe with --ours or --theirs"
            )
        }
        let ours = try repository.files(ofTree: repository.commit(state.ours).tree)
        let theirs = try repository.files(ofTree: repository.commit(state.theirs).tree)
        let base = try MergeBase.find(state.ours, state.theirs, in: repository, kinds: FileKinds())
        return ConflictSides(
            path: path, base: try bytes(of: path, in: base?.files ?? [], base?.contents ?? [:], repository),
            ours: try bytes(of: path, in: ours, [:], repository),
            theirs: try bytes(of: path, in: theirs, [:], repository), current: try present(path), state: state)
    }

    /// Settles a conflict with what a merge tool has made of a file. The caller holds the lock.
    ///
    /// The content becomes the working form's, which may have been edited before the tool began but not since. `.conflict` when
    /// something has changed meanwhile or markers are left; `.failure` when the content is not of the file's format. Gives the
    /// merge as it is afterwards; nothing has changed when it fails.
    package func resolve(
        _ sides: ConflictSides, as content: [UInt8], by tool: MergeTool
    ) throws(AmxError) -> MergeState {
        try finishPending()
        let repository = try existingRepository()
        let path = sides.path
        guard let state = try mergeState(in: position(in: repository)), state == sides.state,
            let index = state.entries.firstIndex(where: { $0.conflict.path == path }),
            try present(path) == sides.current
        else {
            throw AmxError(
                .conflict, "\(path.string) of \(id) was changed while the merge tool was open",
                hint: "run the tool again")
        }
        let conflict = state.entries[index].conflict
        try check(content, of: sides, conflict, by: tool)
        let files = try repository.files(ofTree: state.tree)
        let staging = try ObjectStaging(for: repository.path)
        // What the step starts from is the file as it is, so that going back brings an edit back too.
        var before = files.filter { $0.path != path }
        var after = before
        let entry = try directoryForm.state(of: path)
        if let entry, let current = sides.current {
            try staging.add(current, kind: .blob)
            before.append(entry)
        }
        let mode = entry?.mode ?? files.first { $0.path == path }?.mode ?? .regular
        after.append(
            FileEntry(path: path, mode: mode, id: try staging.add(content, kind: .blob)))
        try staging.publish()
        try repository.refresh()
        return try settle(
            index, before: before.sorted { $0.path < $1.path }, after: after.sorted { $0.path < $1.path }, of: state,
            in: repository)
    }

    private func bytes(
        of path: TreePath, in files: [FileEntry], _ contents: [ObjectID: [UInt8]], _ repository: Repository
    ) throws(AmxError) -> [UInt8]? {
        guard let file = files.first(where: { $0.path == path }) else { return nil }
        if let content = contents[file.id] { return content }
        return try repository.read(file.id, as: .blob)
    }

    /// The working form's file; nil when there is none.
    private func present(_ path: TreePath) throws(AmxError) -> [UInt8]? {
        do throws(AmxError) {
            return try directoryForm.read(path).bytes
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Refuses what a tool should not have left.
    private func check(
        _ content: [UInt8], of sides: ConflictSides, _ conflict: MergeConflict, by tool: MergeTool
    ) throws(AmxError) {
        let path = sides.path.string
        let isMarked =
            sides.state.labels.mark(content)
            ? try !self.isMarked(conflict, of: sides.state)
            : !tool.trustsStatus && MergeLabels.mayMark(content)
                && ![sides.ours, sides.theirs].contains { $0.map(MergeLabels.mayMark) ?? false }
        guard !isMarked || ![.text, .yaml].contains(conflict.kind) else {
            throw AmxError(
                .conflict,
                "\(path) of \(id) is in conflict as before: the merge tool '\(tool.name)' has left markers in it",
                hint: "run it again until nothing is open, or edit the file by hand")
        }
        func wrong(_ what: String, _ reason: String) -> AmxError {
            AmxError(
                .failure,
                "\(path) of \(id) is in conflict as before: what the merge tool '\(tool.name)' wrote is not \(what): \(reason)",
                hint: "run it again, or take a side with --ours or --theirs")
        }
        let depth = Limits.standard.jsonDepth
        switch conflict.kind {
        case .json:
            do { _ = try JSONParser.parse(content, maximumDepth: depth) } catch {
                throw wrong("valid JSON", "line \(error.line), column \(error.column): \(error.reason)")
            }
            guard kind == .capsule, path.utf8.elementsEqual(Manifest.fileName.utf8) else { return }
            _ = try Manifest.parse(content, file: path)
        case .yaml:
            guard let text = String(validating: content, as: UTF8.self) else {
                throw wrong("valid YAML", "it is not UTF-8")
            }
            do { _ = try YAMLReader.parse(text) } catch {
                throw wrong("valid YAML", "line \(error.line): \(error.reason)")
            }
        case .rows where path.hasSuffix(".jsonl"):
            var number = 0
            for line in content.split(separator: 0x0A, omittingEmptySubsequences: false) {
                number += 1
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
                do { _ = try JSONParser.parse(Array(line), maximumDepth: depth) } catch {
                    throw wrong("valid JSON in every line", "line \(number): \(error.reason)")
                }
            }
        default: return
        }
    }
}
