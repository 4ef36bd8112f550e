package import Capsules
import Glibc
package import Objects

/// What belongs to a workspace itself: everything outside `.aimatrix/` and `knowledge/capsules/`, with its history in
/// `.aimatrix/workspace.git`.
///
/// A value that only names places. A `.git` of the user's own at the workspace's root is left alone.
package struct WorkspaceFiles: Sendable, Hashable {
    /// The workspace.
    package let workspace: Workspace
    /// The workspace's name: that of `amx.json`, or what its directory's name suggests while there is none that is valid.
    package let id: CapsuleID

    init(_ workspace: Workspace) throws(AmxError) {
        self.workspace = workspace
        if let manifest = try? workspace.manifest() {
            id = manifest.name
        } else {
            id = try workspace.suggestedName()
        }
    }
}

extension WorkspaceFiles: WorkingCopy {
    /// No capsule's id looks like this.
    static let note = "@workspace"

    package var kind: RepositoryKind { .workspace }
    package var repositoryPath: String { workspace.filesRepositoryPath }
    package var directoryPath: String { workspace.root }
    package var packedPath: String? { nil }
    package var statCachePath: String { "\(workspace.statCacheDirectory)/\(Self.note)" }
    package var noteName: String { Self.note }
    package var foreignPaths: Set<[UInt8]> { Set(WorkspaceDocuments.foreignPaths.map { Array($0.utf8) }) }

    package func isChecked(_ path: TreePath) -> Bool { WorkspaceDocuments.Place(path) != nil }

    package func form() throws(AmxError) -> Form? { .directory }

    package func check(_ content: WorkingContent) throws(AmxError) { _ = try documents(content) }

    package func missing() -> AmxError {
        AmxError(
            .notFound, "the workspace \(id) has no commit yet",
            hint: "make the first one with `\(command("commit", "-m \"...\""))`")
    }

    package func command(_ verb: String, _ rest: String...) -> String {
        ((verb == "commit" ? ["amx", verb] : ["amx", "workspace", verb]) + rest).joined(separator: " ")
    }

    /// What the files say, checked against each other; `requiresLock` as before a commit.
    package func documents(_ content: WorkingContent, requiresLock: Bool = true) throws(AmxError) -> WorkspaceDocuments
    {
        let files = Dictionary(content.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        return try WorkspaceDocuments(
            of: content.files.map(\.path), named: nil, requiresLock: requiresLock
        ) { path throws(AmxError) in
            if let given = content.overlay[path] { return given }
            let bytes = try bytes(of: path)
            guard SHA256Hasher.hash(of: bytes) == files[path]?.sha256 else {
                throw AmxError(.conflict, "\(path.string) was changed meanwhile", hint: "run the command again")
            }
            return bytes
        }
    }

    /// Makes the files those of a commit that has been fetched into a repository without branches, in place of what `amx init` has
    /// written. The caller holds the lock.
    package func bringOut(_ commit: ObjectID, on branch: RefName) throws(AmxError) {
        try perform(
            Transition(from: nil, to: commit, branch: branch, advances: .missing), in: existingRepository())
        try workspace.layOutFolders()
    }

    /// Whether the workspace was ever committed.
    package var hasCommit: Bool {
        get throws(AmxError) { try repository()?.refs.snapshot().branches.isEmpty == false }
    }

    /// The lock of a commit; nil when it has none.
    package func lock(at commit: ObjectID, in repository: Repository) throws(AmxError) -> WorkspaceLock? {
        try lock(ofTree: repository.commit(commit).tree, named: "of \(commit.abbreviated)", in: repository)
    }

    /// The lock of a tree, which messages call by a name; nil when it has none.
    func lock(
        ofTree tree: ObjectID, named name: String, in repository: Repository
    ) throws(AmxError) -> WorkspaceLock? {
        guard
            let entry = try repository.entries(ofTree: tree).first(where: {
                $0.name.elementsEqual(WorkspaceLock.fileName.utf8) && !$0.isTree
            })
        else { return nil }
        return try WorkspaceLock.parse(
            repository.read(entry.id, as: .blob), file: "\(WorkspaceLock.fileName) \(name)")
    }
}

extension Workspace {
    /// The repository of the workspace's own files.
    package var filesRepositoryPath: String { "\(metadata)/workspace.git" }
    /// `amx.json`.
    package var manifestPath: String { "\(root)/\(WorkspaceManifest.fileName)" }
    /// `amx.lock`.
    package var workspaceLockPath: String { "\(root)/\(WorkspaceLock.fileName)" }

    /// The workspace's own files and their history.
    package func files() throws(AmxError) -> WorkspaceFiles { try WorkspaceFiles(self) }

    /// What `amx.json` says; nil when there is none.
    package func manifest() throws(AmxError) -> WorkspaceManifest? {
        guard let bytes = try FileContent.read(manifestPath, limit: Limits.standard.manifestBytes + 1) else {
            return nil
        }
        return try WorkspaceManifest.parse(bytes)
    }

    /// What `amx.lock` says; nil when there is none. `.verification` where it has a capsule at a branch that `amx.json` does not have so.
    package func lock() throws(AmxError) -> WorkspaceLock? {
        guard let lock = try writtenLock() else { return nil }
        try checkLines(of: lock)
        return lock
    }

    /// The same, whatever `amx.json` says: for what brings the two together.
    func writtenLock() throws(AmxError) -> WorkspaceLock? {
        guard let bytes = try FileContent.read(workspaceLockPath, limit: WorkspaceLock.byteLimit) else { return nil }
        return try WorkspaceLock.parse(bytes)
    }

    /// Throws `.verification` where a lock has a capsule at a branch that `amx.json` does not have so; that is read only where one is.
    func checkLines(of lock: WorkspaceLock) throws(AmxError) {
        guard lock.capsules.contains(where: \.isAtBranch) else { return }
        try lock.checkLines(against: manifest())
    }

    /// Notes in `amx.json` that a capsule is developed here; the caller holds the lock.
    func develop(_ id: CapsuleID) throws(AmxError) {
        guard var manifest = try manifest(), !manifest.develops.contains(id) else { return }
        manifest.develop(id)
        try replace(WorkspaceManifest.fileName, by: manifest.encoded)
    }

    /// Replaces a file at the workspace's root, durably and in one step; nothing temporary lies beside it.
    func replace(_ name: String, by bytes: [UInt8]) throws(AmxError) {
        try Directory.create(temporaryDirectory)
        let aside = "\(temporaryDirectory)/\(Directory.temporaryName("file"))"
        try AtomicFile.write(bytes, to: aside)
        guard rename(aside, "\(root)/\(name)") == 0 else { throw AmxError.system("cannot write \(root)/\(name)") }
        try Directory.sync(root)
    }

    /// A valid name from that of the workspace's directory.
    func suggestedName() throws(AmxError) -> CapsuleID {
        if let name = CapsuleID.derived(from: Directory.name(of: root)) { return name }
        return try CapsuleID("workspace")
    }
}
