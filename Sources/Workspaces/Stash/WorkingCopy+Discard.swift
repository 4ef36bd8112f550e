import Glibc
package import Objects

/// Uncommitted changes that were thrown away.
package struct DiscardResult: Sendable {
    /// What is gone.
    package let changes: [Change]
    /// A commit of the content as it was before, which no reference names.
    package let saved: ObjectID
}

extension WorkingCopy {
    /// What discarding would throw away: the uncommitted changes of the given files and folders, of all when there are none.
    ///
    /// `.failure` before the first commit; `.notFound` for a path that neither the working form nor its commit has.
    package func discardable(_ paths: [String]) throws(AmxError) -> [Change] {
        let repository = try existingRepository()
        let position = try position(in: repository)
        guard let base = position.base else { throw unborn(position) }
        return try discardable(paths, of: content(), after: base, in: repository)
    }

    /// Makes files of the working form those of its commit again: the given files and folders, or all. Files that were added
    /// go; ignored ones stay. The content as it was is kept as a commit without a name.
    ///
    /// The caller holds the workspace's lock. Nil when there is nothing to discard.
    package func discard(_ paths: [String]) throws(AmxError) -> DiscardResult? {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        try checkNoMerge("discard changes of", in: position)
        guard let base = position.base else { throw unborn(position) }
        let content = try content()
        let changes = try discardable(paths, of: content, after: base, in: repository)
        guard !changes.isEmpty else { return nil }
        let back = changes.map { Change(path: $0.path, old: $0.new, new: $0.old) }
        let target = try Self.files(content.entries, with: back, of: "\(id): what is discarded")
        try checkIgnored(content, changingTo: target, of: base.abbreviated)
        let from = try save(content, after: base, "Discarded on \(position.branchName)", in: repository)
        let to = try save(target, after: base, "Kept on \(position.branchName)", in: repository)
        try perform(
            Transition(from: from, to: to, branch: position.branch, advances: nil, base: base), in: repository,
            sparing: true)
        return DiscardResult(changes: changes, saved: from)
    }

    /// Why the packed form cannot be read although it has a commit to go back to; nil when it can, or there is another form.
    package func damage() throws(AmxError) -> AmxError? {
        guard try existingForm() == .packed, let packedForm, let repository = try repository(),
            try repository.refs.snapshot()[.base] != nil
        else { return nil }
        // A file that may not be opened is not damaged.
        _ = try OpenFile(packedForm.path, O_RDONLY | O_NOFOLLOW)
        do throws(AmxError) {
            _ = try packedForm.content()
            return nil
        } catch {
            guard error.code == .verification || error.code == .failure else { throw error }
            return error
        }
    }

    /// Replaces a packed form that cannot be read by the content of its commit. What it held is lost.
    ///
    /// The caller holds the workspace's lock. Nothing is done to a form that can be read.
    package func replaceDamaged() throws(AmxError) {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        guard try damage() != nil, let base = position.base else { return }
        try perform(Transition(from: nil, to: base, branch: position.branch, advances: nil), in: repository)
    }

    private func discardable(
        _ paths: [String], of content: WorkingContent, after base: ObjectID, in repository: Repository
    ) throws(AmxError) -> [Change] {
        let before = try repository.files(ofTree: repository.commit(base).tree)
        let changes = Change.between(before, content.entries)
        guard !paths.isEmpty else { return changes }
        let known = (before.map(\.path) + content.files.map(\.path)).map(\.bytes)
        var chosen: [[UInt8]] = []
        for text in paths {
            let path = try TreePath(text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text)
            guard known.contains(where: { Self.isPath($0, in: path.bytes) }) else {
                throw AmxError(
                    .notFound, "\(id) has no file \(path.string)",
                    hint: NearNames.hint(for: path.string, among: Set(changes.map(\.path.string)))
                        ?? "`\(command("diff", "--name-status"))` lists the changed files")
            }
            chosen.append(path.bytes)
        }
        return changes.filter { change in chosen.contains { Self.isPath(change.path.bytes, in: $0) } }
    }

    /// Whether a path is another one or lies in that folder.
    private static func isPath(_ path: [UInt8], in folder: [UInt8]) -> Bool {
        path.starts(with: folder) && (path.count == folder.count || path[folder.count] == UInt8(ascii: "/"))
    }
}
