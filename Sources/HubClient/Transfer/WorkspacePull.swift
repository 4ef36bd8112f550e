import Capsules
import Objects
package import Workspaces

/// Fetches a workspace's own history and the events of its other copies, and brings its files forward.
///
/// Its capsules are pulled afterwards, or before a merge. Blocking.
package struct WorkspacePull {
    private let files: WorkspaceFiles
    private let remote: any RemoteRepository
    private let remoteName: String
    private let options: Fetch.Options
    private let merger: Identity?

    /// Prepares; with a `merger`, who then makes the commit, branches that have diverged are merged.
    package init(
        _ files: WorkspaceFiles, from remote: any RemoteRepository, named remoteName: String,
        options: Fetch.Options = Fetch.Options(), merger: Identity? = nil
    ) {
        self.merger = merger
        self.files = files
        self.remote = remote
        self.remoteName = remoteName
        self.options = options
    }

    /// Fetches; nil when the remote has no such workspace. The caller does not hold the workspace's lock.
    ///
    /// `.notFound` when the files here have never been committed and a workspace of that name is there. Where the remote's
    /// references are `known` and are what was seen before, nothing is asked of it.
    package func fetch(known: RemoteRefs? = nil, progress: (TransferProgress) -> Void) throws -> TransferResult? {
        guard let repository = try files.repository() else {
            guard try isThere() else { return nil }
            throw AmxError(
                .notFound, "the workspace \(files.id) is at \(remote.location), and has never been committed here",
                hint: "clone that one with `amx clone`, or give this one another name in amx.json")
        }
        let fetch = try Fetch(
            files.id, from: remote, named: remoteName, into: repository, kind: .workspace,
            replica: files.workspace.replica(), options: options,
            sightings: ReleaseSightings(files.workspace, files.id, from: remote.location))
        do {
            let unchanged = try known.flatMap { known throws(AmxError) in try fetch.unchanged(known) }
            let transfer = try unchanged ?? fetch.run(progress: progress)
            try files.workspace.noteArrivals(of: transfer.chains, from: remoteName, at: remote.location)
            return transfer
        } catch let error as AmxError where error.code == .notFound {
            return nil
        }
    }

    /// Brings the files forward to what was fetched. The caller does not hold the workspace's lock.
    ///
    /// `.conflict` when the histories have diverged or uncommitted changes would be lost; nothing has changed then. A merge goes by
    /// where the capsules are now: they are pulled before it.
    package func advance(_ transfer: TransferResult) throws -> CapsulePull.Pulled {
        let repository = try files.existingRepository()
        return try files.workspace.write { () throws(AmxError) in
            let position = try files.position(in: repository)
            guard let tracking = RefName(remote: remoteName, branch: position.branchName),
                let target = position.snapshot[tracking]?.id
            else { return CapsulePull.Pulled(transfer: transfer, branch: nil, advance: nil, commit: position.head) }
            let source = "\(remoteName)/\(position.branchName)"
            let merge = merger.map { merger in
                MergeRequest(
                    target: target, source: source, message: "Merge remote branch '\(source)'", identity: merger)
            }
            let result = try files.advance(to: target, branch: position.branch, in: repository, merging: merge)
            try files.workspace.layOutFolders()
            let commit = try repository.refs.snapshot()[position.branch]?.id
            return CapsulePull.Pulled(
                transfer: transfer, branch: position.branchName, advance: result, commit: commit)
        }
    }

    private func isThere() throws -> Bool {
        do {
            return try !remote.refs().branches.isEmpty
        } catch let error as AmxError where error.code == .notFound {
            return false
        }
    }
}
