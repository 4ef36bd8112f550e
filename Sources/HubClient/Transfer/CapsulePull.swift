package import Objects
package import Workspaces

/// Fetches one capsule and brings its working form forward.
///
/// A capsule that is not in the workspace gets its repository under its name only when the fetch is complete. Blocking.
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

    /// Prepares.
    package init(_ capsule: WorkspaceCapsule, from remote: any RemoteRepository, named remoteName: String) {
        self.capsule = capsule
        self.remote = remote
        self.remoteName = remoteName
    }

    /// Pulls; a capsule that is not here comes in packed form. The caller does not hold the workspace's lock.
    package func run(progress: (TransferProgress) -> Void) throws -> Pulled {
        if let repository = try capsule.repository() {
            let transfer = try Fetch(capsule.id, from: remote, named: remoteName, into: repository)
                .run(progress: progress)
            return try advance(transfer)
        }
        guard try capsule.form() == nil else {
            throw AmxError(
                .conflict, "cannot pull \(capsule.id): it is here already and has never been committed",
                hint: "move its directory or .kc file elsewhere, then pull again"
            )
        }
        return try advance(receive(progress: progress))
    }

    /// Fills a repository beside its place, and puts it there when it is whole.
    private func receive(progress: (TransferProgress) -> Void) throws -> TransferResult {
        let workspace = capsule.workspace
        // What earlier pulls that were killed have left goes first.
        try workspace.write { () throws(AmxError) in try workspace.removeAbandonedRepositories() }
        let path = workspace.temporaryRepositoryPath()
        let repository = try Repository.create(at: path)
        let outcome = Result {
            let transfer = try Fetch(capsule.id, from: remote, named: remoteName, into: repository)
                .run(progress: progress)
            guard try Self.branch(transfer, in: repository, remoteName: remoteName) != nil else {
                throw AmxError(
                    .notFound, "cannot pull \(capsule.id): \(remote.location) has no commit yet",
                    hint: "push one there first")
            }
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
            let wanted = isNew ? try Self.branch(transfer, in: repository, remoteName: remoteName) : position.branch
            guard let branch = wanted, let name = branch.branch,
                let tracking = RefName(remote: remoteName, branch: name), let target = position.snapshot[tracking]?.id
            else { return Pulled(transfer: transfer, branch: nil, advance: nil, commit: position.head) }
            let result = try capsule.advance(to: target, branch: branch, in: repository)
            let commit = try repository.refs.snapshot()[branch]?.id
            return Pulled(transfer: transfer, branch: name, advance: result, commit: commit)
        }
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
