import Capsules
package import Objects

/// What has been done in a workspace, operation by operation: the commits of `refs/amx/operations` in `.aimatrix/workspace.git`.
///
/// The log stays in this copy of the workspace: nothing sends or fetches it, and no repository takes it. A value that only names
/// places; every call reads what is there, and blocks. Source: `docs/lifecycle.md`, "Operations".
package struct OperationLog: Sendable {
    /// An operation with the commit that records it.
    package struct Entry: Sendable, Hashable {
        /// The commit.
        package let commit: ObjectID
        /// What was done.
        package let operation: Operation
    }

    /// An operation whose objects are durable and that no reference names yet.
    package struct Prepared: Sendable, Hashable {
        /// The commit.
        package let commit: ObjectID
        /// What makes it the log's last, to be committed to the workspace's own repository, alone or with other references.
        package let update: RefUpdate
    }

    private static let operationFile = "operation.json"
    private let workspace: Workspace

    /// Names the log of a workspace.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    // MARK: Writing

    /// Records an operation and returns its commit; durable at once. The caller holds the workspace's lock.
    @discardableResult
    package func append(_ operation: Operation) throws(AmxError) -> ObjectID {
        let prepared = try prepare(operation)
        // Opened anew, so that the pack just written is seen.
        try workspace.filesRepositoryOrNew().refs.commit([prepared.update])
        return prepared.commit
    }

    /// Writes an operation's objects, durably, for a caller that makes it the log's last together with what it does.
    ///
    /// The caller holds the workspace's lock until it has committed the update. What is never committed is garbage that nobody sees.
    package func prepare(_ operation: Operation) throws(AmxError) -> Prepared {
        let head = try workspace.filesRepositoryOrNew().refs.snapshot()[.operations]?.id
        let staging = try ObjectStaging(for: workspace.filesRepositoryPath)
        let json = JSONWriter.bytes(operation.json, .canonicalPretty)
        // In git's order: `after` and `before` are folders.
        var entries = [try folder("after", operation.after, in: staging)]
        entries.append(try folder("before", operation.before, in: staging))
        let file = try staging.add(json, kind: .blob)
        entries.append(TreeEntry(mode: 0o100644, name: Array(Self.operationFile.utf8), id: file))
        let tree = try staging.add(TreeEntry.encode(entries.compactMap { $0 }), kind: .tree)
        let signature = Signature(name: "Amx", email: "operations@localhost", time: operation.time.seconds, offset: 0)
        let commit = Commit(
            tree: tree, parents: head.map { [$0] } ?? [], author: signature, committer: signature,
            message: operation.line)
        let id = try staging.add(commit.encoded, kind: .commit)
        try staging.publish()
        return Prepared(
            commit: id, update: RefUpdate(.operations, expected: head.map { .id($0) } ?? .missing, new: id))
    }

    /// The folder of two documents; nil when neither was there.
    private func folder(
        _ name: String, _ documents: Operation.Documents, in staging: ObjectStaging
    ) throws(AmxError) -> TreeEntry? {
        var entries: [TreeEntry] = []
        for (file, bytes) in [
            (WorkspaceManifest.fileName, documents.manifest), (WorkspaceLock.fileName, documents.lock),
        ] {
            guard let bytes else { continue }
            // One path for both moments: each is mostly a delta of the other.
            let id = try staging.add(bytes, kind: .blob)
            entries.append(TreeEntry(mode: 0o100644, name: Array(file.utf8), id: id))
        }
        guard !entries.isEmpty else { return nil }
        let id = try staging.add(TreeEntry.encode(entries), kind: .tree)
        return TreeEntry(mode: 0o40000, name: Array(name.utf8), id: id)
    }

    // MARK: Reading

    /// The last operation; nil when there has been none.
    package func last() throws(AmxError) -> Entry? { try list(limit: 1).first }

    /// The last operations, the newest first.
    package func list(
        limit: Int = .max, where isWanted: (Operation) -> Bool = { _ in true }
    ) throws(AmxError) -> [Entry] {
        guard let repository = try workspace.filesRepository() else { return [] }
        var entries: [Entry] = []
        var next = try repository.refs.snapshot()[.operations]?.id
        while let id = next, entries.count < limit {
            let commit = try repository.commit(id)
            let entry = Entry(commit: id, operation: try operation(id, ofTree: commit.tree, in: repository))
            if isWanted(entry.operation) { entries.append(entry) }
            next = commit.parents.first
        }
        return entries
    }

    /// The operation of a commit of the log; `.notFound` for any other.
    package subscript(commit: ObjectID) -> Entry {
        get throws(AmxError) {
            var next = try workspace.filesRepository()?.refs.snapshot()[.operations]?.id
            if let repository = try workspace.filesRepository() {
                while let id = next {
                    let found = try repository.commit(id)
                    if id == commit {
                        return Entry(commit: id, operation: try operation(id, ofTree: found.tree, in: repository))
                    }
                    next = found.parents.first
                }
            }
            throw AmxError(
                .notFound, "no operation of this workspace is \(commit.abbreviated)",
                hint: "`amx undo --list` shows those that there are")
        }
    }

    /// The operation that undoing takes back: the last one that changed anything, whatever it was, so that undoing an undo is a redo.
    ///
    /// `.notFound` when nothing has been done. `.conflict` when `amx.json` or `amx.lock` is no longer as the operation has left it, and
    /// something else would be lost; nothing is read of the capsules. `.verification` where it has what `amx.json` does not have so.
    package func undoable() throws(AmxError) -> Entry {
        _ = try workspace.lock()
        guard let last = try list(limit: 1, where: { $0.changesAnything }).first else {
            throw AmxError(
                .notFound, "cannot undo: nothing has been done in this workspace yet",
                hint: "`amx install`, `amx add`, `amx update`, `amx remove` and the like can be undone")
        }
        let now = try workspace.documents()
        for (file, found, left) in [
            (WorkspaceManifest.fileName, now.manifest, last.operation.after.manifest),
            (WorkspaceLock.fileName, now.lock, last.operation.after.lock),
        ] where found != left {
            throw AmxError(
                .conflict, "cannot undo `\(last.operation.line)`: \(file) has changed since",
                hint: "bring it back to what that command left: "
                    + "`git -C .aimatrix/workspace.git show \(last.commit.abbreviated):after/\(file)`")
        }
        return last
    }

    private func operation(
        _ id: ObjectID, ofTree tree: ObjectID, in repository: Repository
    ) throws(AmxError) -> Operation {
        let entries = try repository.entries(ofTree: tree)
        func entry(_ name: String, _ entries: [TreeEntry]) -> TreeEntry? {
            entries.first { $0.name.elementsEqual(name.utf8) }
        }
        func documents(_ name: String) throws(AmxError) -> Operation.Documents {
            guard let folder = entry(name, entries), folder.isTree else {
                return Operation.Documents(manifest: nil, lock: nil)
            }
            let files = try repository.entries(ofTree: folder.id)
            var found: [String: [UInt8]] = [:]
            for file in [WorkspaceManifest.fileName, WorkspaceLock.fileName] {
                if let blob = entry(file, files) { found[file] = try repository.read(blob.id, as: .blob) }
            }
            return Operation.Documents(
                manifest: found[WorkspaceManifest.fileName], lock: found[WorkspaceLock.fileName])
        }
        let (before, after) = (try documents("before"), try documents("after"))
        guard let file = entry(Self.operationFile, entries),
            // A configuration may be as deep as an event.
            let json = try? JSONParser.parse(repository.read(file.id, as: .blob), maximumDepth: 128),
            let operation = Operation(json, before: before, after: after)
        else {
            throw AmxError(
                .verification, "the operation \(id.abbreviated) cannot be read",
                hint: "`amx fsck` says whether it is damaged; else a newer Amx has written it: update yours")
        }
        return operation
    }
}

extension Workspace {
    /// `amx.json` and `amx.lock` as they are now.
    package func documents() throws(AmxError) -> Operation.Documents {
        Operation.Documents(
            manifest: try FileContent.read(manifestPath, limit: Limits.standard.manifestBytes + 1),
            lock: try FileContent.read(workspaceLockPath, limit: WorkspaceLock.byteLimit))
    }
}
