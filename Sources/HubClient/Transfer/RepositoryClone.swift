package import Capsules
package import Objects
package import Workspaces

/// Brings a repository into a new workspace of which it is not known before whether it is a capsule's or the workspace's own.
///
/// Blocking.
package struct RepositoryClone {
    /// What came.
    package struct Cloned: Sendable {
        /// Whether the address is that of a capsule or of a workspace.
        package let kind: RepositoryKind
        /// The current branch.
        package let branch: String?
        /// Its commit.
        package let commit: ObjectID?
        /// How many bytes of its pack had come in an earlier clone or fetch that broke off.
        package let resumedBytes: Int
        /// What was left there: tags that are no releases, and event chains that are refused.
        package let leftOut: [RefOutcome]
    }

    private let id: CapsuleID
    private let remote: any RemoteRepository
    private let remoteName: String
    private let workspace: Workspace

    /// Prepares; `remoteName` is the component after `refs/remotes/`.
    package init(
        _ id: CapsuleID, from remote: any RemoteRepository, named remoteName: String, into workspace: Workspace
    ) {
        self.id = id
        self.remote = remote
        self.remoteName = remoteName
        self.workspace = workspace
    }

    /// Fetches, and brings out a capsule in packed form, or a workspace's files; the capsules of its lock are pulled afterwards.
    ///
    /// A branch or a release that a pull would refuse for what it holds ends it, with the same error: nobody has seen what else is there.
    package func run(progress: (TransferProgress) -> Void) throws -> Cloned {
        let path = workspace.temporaryRepositoryPath()
        let repository = try Repository.create(at: path)
        var transfer = try Fetch(
            id, from: remote, named: remoteName, into: repository, kind: nil,
            sightings: ReleaseSightings(workspace, id, from: remote.location)
        ).run(progress: progress)
        if let failure = Self.refusal(transfer) { throw failure }
        guard let (branch, commit) = try Self.start(transfer, in: repository, remoteName) else {
            if let failure = transfer.failure("clone") { throw failure }
            throw AmxError(
                .notFound, "cannot clone \(id): \(remote.location) has no commit yet", hint: "push one there first")
        }
        let kind = try repository.kind(ofCommit: commit)
        if kind == .workspace {
            // Only a workspace has events, and what this is has not been known before.
            let events = try Fetch(
                id, from: remote, named: remoteName, into: repository, kind: kind,
                sightings: ReleaseSightings(workspace, id, from: remote.location)
            ).run(progress: progress)
            transfer = TransferResult(
                id: id, refs: events.refs, head: transfer.head, resumedBytes: transfer.resumedBytes)
        }
        let (resumedBytes, leftOut) = (transfer.resumedBytes, transfer.refs.filter { $0.status == .rejected })
        return try workspace.write { () throws(AmxError) in
            switch kind {
            case .capsule:
                try move(path, to: workspace.repositoryPath(id))
                let capsule = workspace.capsule(id)
                _ = try capsule.advance(to: commit, branch: branch, in: capsule.existingRepository())
            case .workspace:
                try move(path, to: workspace.filesRepositoryPath)
                try workspace.noteArrivals(of: transfer.chains, from: remoteName, at: remote.location)
                try workspace.files().bringOut(commit, on: branch)
            }
            return Cloned(
                kind: kind, branch: branch.branch, commit: commit, resumedBytes: resumedBytes, leftOut: leftOut)
        }
    }

    private static func refusal(_ transfer: TransferResult) -> AmxError? {
        let refused = transfer.refs.filter { $0.rejection != nil && $0.rejection != Fetch.noRelease }
        guard let failure = TransferResult(id: transfer.id, refs: refused, head: nil).failure("clone") else {
            return nil
        }
        return AmxError(
            failure.code, failure.message,
            hint: failure.hint
                ?? "to have what else is there, make a workspace with `amx init` and pull \(transfer.id) into it")
    }

    private func move(_ path: String, to place: String) throws(AmxError) {
        try Directory.renameWithoutReplacing(path, to: place)
        try Directory.sync(Directory.parent(of: place))
    }

    /// The remote's current branch, else `main`, else its first, with its commit.
    private static func start(
        _ transfer: TransferResult, in repository: Repository, _ remoteName: String
    ) throws(AmxError) -> (RefName, ObjectID)? {
        let prefix = "refs/remotes/\(remoteName)/"
        let branches = try repository.refs.snapshot().refs(withPrefix: prefix).compactMap {
            ref -> (RefName, ObjectID)? in
            ref.name.suffix(after: prefix).flatMap { RefName(branch: $0) }.map { ($0, ref.id) }
        }
        return branches.first { $0.0 == transfer.head } ?? branches.first {
            $0.0.branch == WorkspaceCapsule.defaultBranch
        }
            ?? branches.first
    }
}
