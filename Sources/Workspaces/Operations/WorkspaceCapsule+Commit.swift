package import Capsules
package import Objects

/// A commit that was made.
package struct CommitResult: Sendable, Hashable {
    /// The capsule.
    package let id: CapsuleID
    /// The branch, by its short name.
    package let branch: String
    /// The new commit.
    package let commit: ObjectID
    /// Its tree.
    package let tree: ObjectID
    /// Its content's digest.
    package let digest: ContentDigest
    /// What it changed.
    package let changes: [Change]
}

extension WorkspaceCapsule {
    /// The branch of a capsule's first commit.
    package static let defaultBranch = "main"

    /// Checks that the working form could be committed: tree rules, limits, a valid manifest of this id.
    ///
    /// Returns the manifest for its warnings.
    @discardableResult
    package func validate(_ content: WorkingContent) throws(AmxError) -> Manifest {
        guard let file = content.files.first(where: { $0.path.bytes.elementsEqual("manifest.json".utf8) }) else {
            throw AmxError(
                .failure, "\(id) has no manifest.json",
                hint: "`amx new` makes a capsule with one; docs/manifest.md has the fields")
        }
        guard file.size <= Limits.standard.manifestBytes else {
            throw AmxError(.failure, "manifest.json of \(id) is larger than \(Limits.standard.manifestBytes) bytes")
        }
        let bytes = try bytes(of: file.path)
        guard SHA256Hasher.hash(of: bytes) == file.sha256 else {
            throw AmxError(.conflict, "\(id): manifest.json was changed meanwhile", hint: "run the command again")
        }
        return try Manifest.parse(bytes, of: id, with: content.files.map(\.path), file: "\(id)/manifest.json")
    }

    /// The bytes of one file of the working form; `.notFound` when there is none.
    package func bytes(of path: TreePath) throws(AmxError) -> [UInt8] {
        switch try existingForm() {
        case .directory: try directoryForm.read(path).bytes
        case .packed: try packedForm.bytes(of: path)
        }
    }

    /// Commits the working form on the current branch; nil when nothing has changed.
    ///
    /// The commit, its objects and the moved branch are durable when this returns. The caller holds the workspace's lock.
    /// `.conflict` when the branch has moved away from the working form's base.
    package func commit(message: String, identity: Identity) throws(AmxError) -> CommitResult? {
        try finishPending()
        let content = try content()
        try validate(content)
        let repository: Repository
        if let existing = try self.repository() {
            repository = existing
        } else {
            repository = try Repository.create(at: workspace.repositoryPath(id))
        }
        let position = try position(in: repository)
        guard position.head == position.base else {
            throw AmxError(
                .conflict, "\(id): branch \(position.branchName) has moved since the working form was made from it",
                hint: "keep your change on a new branch: `amx switch \(id) NAME --create`, then commit")
        }
        var before: ObjectID?
        if let head = position.head { before = try repository.commit(head).tree }
        let staging = try ObjectStaging(for: workspace.repositoryPath(id))
        let files = try stage(content, into: staging)
        let tree = try staging.addTree(of: files.map(\.entry))
        if tree == before { return nil }
        let digest = try WorkingContent(files: files, ignored: []).digest()
        let signature = identity.signature()
        let commit = Commit(
            tree: tree, parents: position.head.map { [$0] } ?? [], author: signature, committer: signature,
            message: Trailers.append(ContentDigest.trailer, digest.text, to: message))
        let id = try staging.add(commit.encoded, kind: .commit)
        try staging.publish()
        try repository.refs.commit([
            RefUpdate(position.branch, expected: position.head.map { .id($0) } ?? .missing, new: id),
            RefUpdate(.base, expected: position.base.map { .id($0) } ?? .missing, new: id),
        ])
        var old: [FileEntry] = []
        if let before { old = try repository.files(ofTree: before) }
        return CommitResult(
            id: self.id, branch: position.branchName, commit: id, tree: tree, digest: digest,
            changes: Change.between(old, files.map(\.entry)))
    }

    /// Adds the content's blobs; a file that changed since it was hashed is taken as it is now.
    private func stage(_ content: WorkingContent, into staging: ObjectStaging) throws(AmxError) -> [WorkingFile] {
        var files = content.files
        for index in files.indices where !staging.contains(files[index].id) {
            let bytes = try bytes(of: files[index].path)
            let id = try staging.add(bytes, kind: .blob, path: files[index].path.bytes)
            guard id != files[index].id else { continue }
            // What was checked is what is committed.
            guard files[index].path.string != Manifest.fileName else {
                throw AmxError(
                    .conflict, "\(self.id): manifest.json was changed meanwhile", hint: "run the command again")
            }
            files[index].id = id
            files[index].size = bytes.count
            files[index].sha256 = SHA256Hasher.hash(of: bytes)
        }
        return files
    }
}
