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
    /// What was merged, where the commit concludes a merge that had stopped; nil for any other.
    package var concludes: String?
}

extension WorkingCopy {
    /// Commits the working form on the current branch; nil when nothing has changed.
    ///
    /// The commit, its objects and the moved branch are durable when this returns. The caller holds the workspace's lock.
    /// `.conflict` when the branch has moved away from the working form's base.
    package func commit(message: String, identity: Identity) throws(AmxError) -> CommitResult? {
        try finishPending()
        guard let prepared = try prepareCommit(of: content(), message: message, identity: identity) else { return nil }
        try conclude(prepared)
        try removeConcludedMerge()
        return prepared.result
    }

    /// Writes a commit of the content, durably, that no reference names yet; nil when nothing has changed.
    ///
    /// The caller holds the workspace's lock; nothing is half done. `made` are capsules' commits that are concluded with it.
    /// What is never concluded is garbage that nobody sees; a repository that was made for it goes with ``abandon(_:)``.
    package func prepareCommit(
        of content: WorkingContent, message: String, identity: Identity, made: [CommitResult] = []
    ) throws(AmxError) -> PreparedCommit? {
        try check(content)
        if let repository = try self.repository() {
            return try prepareCommit(of: content, in: repository, message: message, identity: identity, made: made)
        }
        do throws(AmxError) {
            return try prepareCommit(
                of: content, in: Repository.create(at: repositoryPath), isFirst: true, message: message,
                identity: identity, made: made)
        } catch {
            try? Directory.remove(repositoryPath)
            throw error
        }
    }

    /// Forgets a prepared commit that is not to be concluded.
    func abandon(_ prepared: PreparedCommit) {
        if prepared.isFirst { try? Directory.remove(repositoryPath) }
    }

    private func prepareCommit(
        of content: WorkingContent, in repository: Repository, isFirst: Bool = false, message: String,
        identity: Identity, made: [CommitResult]
    ) throws(AmxError) -> PreparedCommit? {
        let position = try position(in: repository)
        guard position.head == position.base else { throw moved(position) }
        let merge = try mergeState(in: position)
        if let merge { try checkResolved(merge, made: made) }
        var before: ObjectID?
        if let head = position.head { before = try repository.commit(head).tree }
        let staging = try ObjectStaging(for: repositoryPath)
        let files = try stage(content, into: staging)
        let tree = try staging.addTree(of: files.map(\.entry))
        // A merge is recorded even if its result is what was here before.
        if tree == before, merge == nil { return nil }
        let digest = try WorkingContent(files: files, ignored: []).digest()
        let signature = identity.signature()
        let commit = Commit(
            tree: tree, parents: [position.head, merge?.theirs].compactMap { $0 }, author: signature,
            committer: signature, message: Trailers.append(ContentDigest.trailer, digest.text, to: message))
        let id = try staging.add(identity.sealed(commit: commit.encoded), kind: .commit)
        try staging.publish()
        var old: [FileEntry] = []
        if let before { old = try repository.files(ofTree: before) }
        let result = CommitResult(
            id: self.id, branch: position.branchName, commit: id, tree: tree, digest: digest,
            changes: Change.between(old, files.map(\.entry)), concludes: merge?.source)
        return PreparedCommit(
            result: result, branch: position.branch, head: position.head, base: position.base, isFirst: isFirst)
    }

    /// Moves the branch and the base to a prepared commit.
    package func conclude(_ prepared: PreparedCommit) throws(AmxError) {
        // A merge ends here too: its description no longer fits the base.
        try existingRepository().refs.commit(prepared.updates)
    }

    /// Takes back what `conclude` has done, if it has come to that.
    func retract(_ prepared: PreparedCommit) throws(AmxError) {
        let refs = try existingRepository().refs
        guard try refs.snapshot()[prepared.branch]?.id == prepared.result.commit else { return }
        try refs.commit(prepared.reversed)
    }

    /// Adds the content's blobs; a file that changed since it was hashed is taken as it is now.
    func stage(_ content: WorkingContent, into staging: ObjectStaging) throws(AmxError) -> [WorkingFile] {
        var files = content.files
        for index in files.indices where !staging.contains(files[index].id) {
            let bytes: [UInt8]
            if let given = content.overlay[files[index].path] {
                bytes = given
            } else {
                bytes = try self.bytes(of: files[index].path)
            }
            let id = try staging.add(bytes, kind: .blob)
            guard id != files[index].id else { continue }
            // What was checked is what is committed.
            guard !isChecked(files[index].path) else {
                throw AmxError(
                    .conflict, "\(self.id): \(files[index].path.string) was changed meanwhile",
                    hint: "run the command again")
            }
            files[index].id = id
            files[index].size = bytes.count
            files[index].sha256 = SHA256Hasher.hash(of: bytes)
        }
        return files
    }
}
