package import Capsules
package import Objects
package import Wire
import Workspaces

/// A capsule's or a workspace's repository in another folder of this machine: another workspace's store, or a folder of bare repositories.
///
/// Nothing is taken on trust for being near: a pack goes through the same quarantine and checks as one from a network.
/// Blocking; used by one thread.
package final class LocalRemote: RemoteRepository {
    let id: CapsuleID
    let path: String
    /// The workspace whose store this is; nil for a plain folder.
    let workspace: Workspace?
    private let kind: RepositoryKind
    private let limits: Limits

    /// Names a repository in a workspace or a folder; nothing is read yet but which of both it is.
    ///
    /// In a workspace, the one of kind `workspace` is that workspace's own, whatever its name.
    package init(_ id: CapsuleID, in folder: String, kind: RepositoryKind = .capsule, limits: Limits = .standard) {
        self.id = id
        self.kind = kind
        self.limits = limits
        workspace = Self.workspace(at: folder)
        path =
            switch (kind, workspace) {
            case (.workspace, let workspace?): workspace.filesRepositoryPath
            case (_, let workspace): Self.path(of: id, in: folder, of: workspace)
            }
    }

    /// The workspace that a folder is, or whose store it is; nil for a plain folder.
    static func workspace(at folder: String) -> Workspace? {
        let storeSuffix = "/.aimatrix/store"
        if Directory.isDirectory(folder + storeSuffix) { return Workspace(root: folder) }
        return folder.hasSuffix(storeSuffix) ? Workspace(root: String(folder.dropLast(storeSuffix.count))) : nil
    }

    /// Where a capsule's repository lies in a folder, once it is known whether that is a workspace.
    static func path(of id: CapsuleID, in folder: String, of workspace: Workspace?) -> String {
        workspace?.repositoryPath(id) ?? "\(folder == "/" ? "" : folder)/\(id).git"
    }

    package var location: String { workspace.map { "\($0.root) (\(id))" } ?? path }

    package func refs() throws -> RemoteRefs { try Self.refs(open()) }

    package func fetch(
        _ wants: [ObjectID], negotiator: HistoryNegotiator, progress: (TransferProgress) -> Void,
        sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void
    ) throws {
        let theirs = try open()
        var common: [ObjectID] = []
        while let commit = try negotiator.next() {
            guard theirs.contains(commit) else { continue }
            common.append(commit)
            try negotiator.acknowledge(commit)
        }
        var walk = ObjectWalk(theirs)
        walk.findsBases = true
        let objects = try walk.objects(wants: wants, haves: common)
        try PackWriter().write(objects, of: theirs, to: sink)
    }

    package func refsForPush() throws -> RemoteRefs {
        if kind == .workspace, let workspace {
            // Somebody else's workspace is no place for this one.
            let theirs = try workspace.files().id
            guard Directory.exists(path), theirs == id else {
                throw AmxError(
                    .notFound, "cannot push the workspace \(id): \(workspace.root) is another one, \(theirs)",
                    hint: "push to a hub, or to a folder of bare repositories")
            }
        }
        if Directory.exists(path) { return try Self.refs(open()) }
        let folder = Directory.parent(of: path)
        guard Directory.isDirectory(folder) else {
            throw AmxError(
                .notFound, "cannot push to \(location): \(folder) is not a folder",
                hint: "check the remote's address with `amx remote list`")
        }
        return RemoteRefs([], head: nil)
    }

    package func push(
        _ commands: [PushCommand], progress: (TransferProgress) -> Void,
        pack: (_ sink: (UnsafeRawBufferPointer) throws(AmxError) -> Void) throws(AmxError) -> Void
    ) throws -> PushReport {
        let isNew = !Directory.exists(path)
        let repository = isNew ? try Repository.create(at: path) : try open()
        do throws(AmxError) {
            return try LocalReceive(repository, of: self, limits: limits).run(commands, progress: progress, pack: pack)
        } catch {
            // A repository that this push has made, and that has taken nothing, goes with it.
            if isNew, try repository.refs.snapshot().refs.isEmpty { try Directory.remove(path) }
            throw error
        }
    }

    /// The branch that must not move under the feet of whoever works there: that of a capsule with a working form, and that
    /// of the workspace.
    func currentBranch(of repository: Repository) throws(AmxError) -> RefName? {
        if workspace != nil, kind == .workspace { return try repository.refs.head().branch }
        guard let workspace,
            Directory.exists(workspace.directoryPath(id)) || Directory.exists(workspace.packedPath(id))
        else { return nil }
        return try repository.refs.head().branch
    }

    private func open() throws(AmxError) -> Repository {
        guard Directory.exists(path) else { throw missing() }
        return try Repository(opening: path)
    }

    private func missing() -> AmxError {
        guard let workspace else {
            return AmxError(
                .notFound, "cannot find \(path): there is no such repository", hint: "check the address and the id")
        }
        guard kind == .capsule else {
            return AmxError(
                .notFound, "cannot find the workspace \(id): \(workspace.root) has no commit yet",
                hint: "make one there with `amx commit`")
        }
        return AmxError(
            .notFound, "cannot find \(id): the workspace \(workspace.root) has no such capsule",
            hint: "`amx status` there lists those that it has")
    }

    private static func refs(_ repository: Repository) throws(AmxError) -> RemoteRefs {
        let snapshot = try repository.refs.snapshot()
        let chains = snapshot.refs(withPrefix: ReplicaID.chainPrefix)
        return RemoteRefs(Array(snapshot.branches) + Array(snapshot.tags) + Array(chains), head: snapshot.head.branch)
    }
}
