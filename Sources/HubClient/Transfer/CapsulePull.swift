package import Capsules
package import Objects
package import Workspaces

/// Fetches one capsule and brings its working form forward, one after the other.
///
/// A capsule that is not in the workspace gets its repository under its name only when the fetch is complete. A value; its
/// calls block, and those of different capsules may run at once.
package struct CapsulePull: Sendable {
    /// What pulling one capsule did.
    package struct Pulled: Sendable {
        /// What was fetched.
        package let transfer: TransferResult
        /// The branch that was brought forward; nil when the remote has none of the current branch's name.
        package let branch: String?
        /// What became of it.
        package let advance: AdvanceResult?
        /// Its commit afterwards.
        package let commit: ObjectID?
        /// Whether the branch came here now and is to follow the remote's, which is not what it would do by default.
        package var isFollowing = false
    }

    private let capsule: WorkspaceCapsule
    private let remoteName: String
    private let location: String
    private let options: Fetch.Options
    private let merger: Identity?
    private let locked: LockedCapsule?
    private let isDeveloped: Bool
    private let held: LockedCapsule?

    /// Prepares; `location` is the remote repository's address for messages. With a `merger`, who then makes the commit,
    /// branches that have diverged are merged.
    ///
    /// A capsule that is not here comes as `locked` says, and not at all when its content is not what the lock says of it; one
    /// that `isDeveloped` in directory form. Of a release that is locked only the repository comes: an operation brings it out, so that it
    /// is recorded. One that is `held` by the lock is fetched if it is here, and refused with `.conflict` where it would move.
    package init(
        _ capsule: WorkspaceCapsule, named remoteName: String, at location: String,
        options: Fetch.Options = Fetch.Options(), merger: Identity? = nil, locked: LockedCapsule? = nil,
        isDeveloped: Bool = false, held: LockedCapsule? = nil
    ) {
        self.held = held
        self.merger = merger
        self.locked = locked
        self.isDeveloped = isDeveloped
        self.capsule = capsule
        self.remoteName = remoteName
        self.location = location
        self.options = options
    }

    /// Fetches, without a change of the working form or a branch. The workspace's lock need not be held.
    ///
    /// Where the remote's references are `known` and are what was seen before, nothing is asked of it.
    package func fetch(
        from remote: any RemoteRepository, known: RemoteRefs? = nil, progress: (TransferProgress) -> Void
    ) throws -> TransferResult {
        if let repository = try capsule.repository() {
            if let known,
                let transfer = try Fetch.unchanged(
                    capsule.id, known, repository.refs.snapshot(), named: remoteName, options: options)
            {
                return transfer
            }
            return try fetch(from: remote, into: repository, progress: progress)
        }
        guard try capsule.form() == nil else {
            throw AmxError(
                .conflict, "cannot pull \(capsule.id): it is here already and has never been committed",
                hint: "move its directory or .kc file elsewhere, then pull again"
            )
        }
        if let held { throw capsule.refusal(to: "pull", held) }
        return try receive(from: remote, progress: progress)
    }

    /// What pulling a capsule comes to when the remote's references are what was seen before and its branch is where its
    /// upstream is; nil when there may be anything to do.
    ///
    /// Opens no repository, so that thousands of capsules cost little.
    package static func unchanged(
        _ capsule: WorkspaceCapsule, _ there: RemoteRefs, named remoteName: String, options: Fetch.Options,
        tracking: Tracking
    ) -> Pulled? {
        guard let here = RefSnapshot(unopened: capsule.workspace.repositoryPath(capsule.id)),
            let transfer = Fetch.unchanged(capsule.id, there, here, named: remoteName, options: options),
            let branch = here.head.branch, let name = branch.branch, let head = here[branch]?.id,
            followed(name, of: capsule, at: remoteName, tracking).flatMap({ here[$0]?.id }) == head,
            (try? capsule.form()) ?? nil != nil
        else { return nil }
        return Pulled(transfer: transfer, branch: name, advance: .upToDate, commit: head)
    }

    /// Where the branch of a remote was last seen that a branch is brought forward to: its upstream, if that is of this
    /// remote, else the one of its own name.
    private static func followed(
        _ branch: String, of capsule: WorkspaceCapsule, at remote: String, _ tracking: Tracking
    ) -> RefName? {
        if let upstream = tracking[capsule, branch], upstream.remote == remote { return upstream.tracking }
        return RefName(remote: remote, branch: branch)
    }

    private func fetch(
        from remote: any RemoteRepository, into repository: Repository, progress: (TransferProgress) -> Void
    ) throws -> TransferResult {
        let sightings = ReleaseSightings(capsule.workspace, capsule.id, from: remote.location)
        return try Fetch(
            capsule.id, from: remote, named: remoteName, into: repository, options: options, sightings: sightings
        ).run(progress: progress)
    }

    /// Fills a repository beside its place, and puts it there when it is whole.
    private func receive(
        from remote: any RemoteRepository, progress: (TransferProgress) -> Void
    ) throws -> TransferResult {
        let workspace = capsule.workspace
        let path = workspace.temporaryRepositoryPath()
        let repository = try Repository.create(at: path, isTemporary: true)
        let outcome = Result {
            let transfer = try fetch(from: remote, into: repository, progress: progress)
            guard try Self.branch(transfer, in: repository, remoteName: remoteName) != nil else {
                if let failure = transfer.failure("pull") { throw failure }
                throw AmxError(
                    .notFound, "cannot pull \(capsule.id): \(remote.location) has no commit yet",
                    hint: "push one there first")
            }
            if let locked { try locked.check(in: repository, from: remote.location) }
            try Directory.syncDeferred(path)
            try Directory.renameWithoutReplacing(path, to: workspace.repositoryPath(capsule.id))
            try Directory.sync(workspace.storeDirectory)
            return transfer
        }
        if case .failure = outcome { try? Directory.remove(path) }
        return try outcome.get()
    }

    /// Brings the working form forward to what was fetched; a capsule that is new here comes in packed form.
    ///
    /// The caller holds the workspace's lock.
    package func advance(_ transfer: TransferResult) throws(AmxError) -> Pulled {
        let repository = try capsule.existingRepository()
        let position = try capsule.position(in: repository)
        let isNew = position.head == nil && position.snapshot.branches.isEmpty
        if isNew, let locked { return try bringOut(locked, transfer, in: repository) }
        let wanted = isNew ? try Self.branch(transfer, in: repository, remoteName: remoteName) : position.branch
        let tracking = try capsule.workspace.tracking()
        guard let branch = wanted, let name = branch.branch,
            let followed = Self.followed(name, of: capsule, at: remoteName, tracking),
            let target = position.snapshot[followed]?.id
        else { return Pulled(transfer: transfer, branch: nil, advance: nil, commit: position.head) }
        if let held {
            guard let head = position.head, try CommitWalk(repository).isAncestor(target, of: head) else {
                throw capsule.refusal(to: "pull", held)
            }
        }
        let source = followed.suffix(after: "refs/remotes/") ?? "\(remoteName)/\(name)"
        let merge = merger.map { merger in
            MergeRequest(
                target: target, source: source, message: "Merge remote branch '\(source)'", identity: merger)
        }
        let result = try capsule.advance(to: target, branch: branch, in: repository, merging: merge)
        let commit = try repository.refs.snapshot()[branch]?.id
        return Pulled(
            transfer: transfer, branch: name, advance: result, commit: commit, isFollowing: isNew && !isByDefault)
    }

    /// Makes a capsule that has come here what the lock says.
    private func bringOut(
        _ locked: LockedCapsule, _ transfer: TransferResult, in repository: Repository
    ) throws(AmxError) -> Pulled {
        try locked.check(in: repository, from: location)
        guard case .branch(let name) = locked.line else {
            return Pulled(
                transfer: transfer, branch: WorkspaceCapsule.defaultBranch, advance: .new, commit: locked.commit)
        }
        guard let branch = RefName(branch: name) else { throw capsule.missing() }
        let result = try capsule.advance(to: locked.commit, branch: branch, in: repository)
        if isDeveloped { _ = try capsule.edit() }
        return Pulled(
            transfer: transfer, branch: name, advance: result, commit: locked.commit, isFollowing: !isByDefault)
    }

    /// Whether branches follow this remote without being told to.
    private var isByDefault: Bool { (try? capsule.workspace.defaultRemote().name) == remoteName }

    /// The branch that a new capsule starts on: the remote's current one, else `main`, else its first.
    private static func branch(
        _ transfer: TransferResult, in repository: Repository, remoteName: String
    ) throws(AmxError) -> RefName? {
        let prefix = "refs/remotes/\(remoteName)/"
        let names = try repository.refs.snapshot().refs(withPrefix: prefix).compactMap { $0.name.suffix(after: prefix) }
        if let head = transfer.head, let name = head.branch, names.contains(name) { return head }
        return (names.first { $0 == WorkspaceCapsule.defaultBranch } ?? names.first).flatMap { RefName(branch: $0) }
    }
}
