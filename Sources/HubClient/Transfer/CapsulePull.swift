package import Capsules
package import Objects
import Synchronization
package import Workspaces

/// Fetches one capsule and brings its working form forward.
///
/// A capsule that is not in the workspace gets its repository under its name only when the fetch is complete. Blocking;
/// several may run at once in a process: they fetch side by side and change working forms one after the other.
package struct CapsulePull {
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
    }

    private let capsule: WorkspaceCapsule
    private let remote: any RemoteRepository
    private let remoteName: String
    private let options: Fetch.Options
    private let merger: Identity?
    private let locked: LockedCapsule?
    private let isDeveloped: Bool
    /// The workspace's lock would do, but its waiters are served in no order and give up.
    private static let gate = Mutex(())

    /// Prepares; with a `merger`, who then makes the commit, branches that have diverged are merged.
    ///
    /// A capsule that is not here comes as `locked` says, and not at all when its content is not what the lock says of it; one
    /// that `isDeveloped` in directory form.
    package init(
        _ capsule: WorkspaceCapsule, from remote: any RemoteRepository, named remoteName: String,
        options: Fetch.Options = Fetch.Options(), merger: Identity? = nil, locked: LockedCapsule? = nil,
        isDeveloped: Bool = false
    ) {
        self.merger = merger
        self.locked = locked
        self.isDeveloped = isDeveloped
        self.capsule = capsule
        self.remote = remote
        self.remoteName = remoteName
        self.options = options
    }

    /// Pulls; a capsule that is not here comes in packed form. The caller does not hold the workspace's lock.
    ///
    /// Where the remote's references are `known` and are what was seen before, nothing is asked of it.
    package func run(known: RemoteRefs? = nil, progress: (TransferProgress) -> Void) throws -> Pulled {
        if let repository = try capsule.repository() {
            if let known,
                let transfer = try Fetch.unchanged(
                    capsule.id, known, repository.refs.snapshot(), named: remoteName, options: options)
            {
                return try Self.gate.withLock { _ in try advance(transfer) }
            }
            let transfer = try fetch(into: repository, progress: progress)
            return try Self.gate.withLock { _ in try advance(transfer) }
        }
        guard try capsule.form() == nil else {
            throw AmxError(
                .conflict, "cannot pull \(capsule.id): it is here already and has never been committed",
                hint: "move its directory or .kc file elsewhere, then pull again"
            )
        }
        let transfer = try receive(progress: progress)
        return try Self.gate.withLock { _ in try advance(transfer) }
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

    private func fetch(into repository: Repository, progress: (TransferProgress) -> Void) throws -> TransferResult {
        let sightings = ReleaseSightings(capsule.workspace, capsule.id, from: remote.location)
        return try Fetch(
            capsule.id, from: remote, named: remoteName, into: repository, options: options, sightings: sightings
        ).run(progress: progress)
    }

    /// Fills a repository beside its place, and puts it there when it is whole.
    private func receive(progress: (TransferProgress) -> Void) throws -> TransferResult {
        let workspace = capsule.workspace
        // What earlier pulls that were killed have left goes first.
        try Self.gate.withLock { _ in
            try workspace.write { () throws(AmxError) in try workspace.removeAbandonedRepositories() }
        }
        let path = workspace.temporaryRepositoryPath()
        let repository = try Repository.create(at: path)
        let outcome = Result {
            let transfer = try fetch(into: repository, progress: progress)
            guard try Self.branch(transfer, in: repository, remoteName: remoteName) != nil else {
                if let failure = transfer.failure("pull") { throw failure }
                throw AmxError(
                    .notFound, "cannot pull \(capsule.id): \(remote.location) has no commit yet",
                    hint: "push one there first")
            }
            if let locked { try locked.check(in: repository, from: remote.location) }
            try Directory.renameWithoutReplacing(path, to: workspace.repositoryPath(capsule.id))
            try Directory.sync(workspace.storeDirectory)
            return transfer
        }
        if case .failure = outcome { try? Directory.remove(path) }
        return try outcome.get()
    }

    private func advance(_ transfer: TransferResult) throws -> Pulled {
        let repository = try capsule.existingRepository()
        return try capsule.workspace.write { () throws(AmxError) in
            let position = try capsule.position(in: repository)
            let isNew = position.head == nil && position.snapshot.branches.isEmpty
            if isNew, let locked { return try bringOut(locked, transfer, in: repository) }
            let wanted = isNew ? try Self.branch(transfer, in: repository, remoteName: remoteName) : position.branch
            let tracking = try capsule.workspace.tracking()
            guard let branch = wanted, let name = branch.branch,
                let followed = Self.followed(name, of: capsule, at: remoteName, tracking),
                let target = position.snapshot[followed]?.id
            else { return Pulled(transfer: transfer, branch: nil, advance: nil, commit: position.head) }
            let source = followed.suffix(after: "refs/remotes/") ?? "\(remoteName)/\(name)"
            let merge = merger.map { merger in
                MergeRequest(
                    target: target, source: source, message: "Merge remote branch '\(source)'", identity: merger)
            }
            let result = try capsule.advance(to: target, branch: branch, in: repository, merging: merge)
            let commit = try repository.refs.snapshot()[branch]?.id
            // As `git clone` does, but only where the default would be another one.
            if isNew, (try? capsule.workspace.defaultRemote().name) != remoteName {
                try capsule.workspace.setUpstream(Upstream(remote: remoteName, branch: name), of: name, in: capsule)
            }
            return Pulled(transfer: transfer, branch: name, advance: result, commit: commit)
        }
    }

    /// Makes a capsule that has come here what the lock says; the caller holds the workspace's lock.
    private func bringOut(
        _ locked: LockedCapsule, _ transfer: TransferResult, in repository: Repository
    ) throws(AmxError) -> Pulled {
        try locked.check(in: repository, from: remote.location)
        var name = WorkspaceCapsule.defaultBranch
        if case .branch(let branch) = locked.line { name = branch }
        guard let branch = RefName(branch: name) else { throw capsule.missing() }
        let result = try capsule.advance(to: locked.commit, branch: branch, in: repository)
        if isDeveloped { _ = try capsule.edit() }
        if (try? capsule.workspace.defaultRemote().name) != remoteName {
            try capsule.workspace.setUpstream(Upstream(remote: remoteName, branch: name), of: name, in: capsule)
        }
        return Pulled(transfer: transfer, branch: name, advance: result, commit: locked.commit)
    }

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
