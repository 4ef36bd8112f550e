package import Capsules
package import Objects

/// Files of a workspace that have a history of their own: a capsule, or what belongs to the workspace itself.
///
/// Both are a working form, a bare repository with the base of that form, and a note while a change is under way; all that
/// follows from that (status, commit, branches, diff, log) is written once, for this protocol. Conforming types are values that
/// only name places; every method reads what is there at that moment.
package protocol WorkingCopy: Sendable {
    /// The workspace.
    var workspace: Workspace { get }
    /// The capsule's id, or the workspace's name, which follows the same rules.
    var id: CapsuleID { get }
    /// What the repository holds.
    var kind: RepositoryKind { get }
    /// The bare repository; it may not exist yet.
    var repositoryPath: String { get }
    /// The directory form.
    var directoryPath: String { get }
    /// The packed form; nil for what has none.
    var packedPath: String? { get }
    /// The hashes of the working files, as they were last seen.
    var statCachePath: String { get }
    /// The name of the note about a change that is under way.
    var noteName: String { get }
    /// Folders of the directory form that belong to somebody else, as paths relative to it.
    var foreignPaths: Set<[UInt8]> { get }

    /// The form that lies here; nil for none. `.conflict` when it lies in both.
    func form() throws(AmxError) -> Form?
    /// Throws when the working form may not be committed; tree rules and limits have been looked at before.
    func check(_ content: WorkingContent) throws(AmxError)
    /// Whether ``check(_:)`` reads a file: it is committed as it was then, or not at all.
    func isChecked(_ path: TreePath) -> Bool
    /// The error for what the workspace doesn't know.
    func missing() -> AmxError
    /// A command line about this, for hints: the verb, and what follows the id.
    func command(_ verb: String, _ rest: String...) -> String
}

extension WorkingCopy {
    /// The branch of a first commit.
    package static var defaultBranch: String { "main" }

    /// The form that lies here; `.notFound` when there is none.
    package func existingForm() throws(AmxError) -> Form {
        try checkSettled()
        if let form = try form() { return form }
        guard Directory.exists(repositoryPath) else { throw missing() }
        throw AmxError(
            .notFound, "\(id) has no working form: neither \(directoryPath) nor its .kc file is there",
            hint: "`\(command("switch", "BRANCH"))` brings it back")
    }

    /// The repository; nil before the first commit.
    package func repository() throws(AmxError) -> Repository? {
        guard Directory.exists(repositoryPath) else { return nil }
        return try Repository(opening: repositoryPath)
    }

    /// The repository; `.notFound` when there is no commit yet, or nothing here at all.
    package func existingRepository() throws(AmxError) -> Repository {
        if let repository = try repository() { return repository }
        guard try form() != nil else { throw missing() }
        throw AmxError(
            .notFound, "\(id) has no commit yet", hint: "make the first one with `\(command("commit", "-m \"...\""))`")
    }

    /// The content of the working form, hashed.
    package func content() throws(AmxError) -> WorkingContent {
        if try existingForm() == .packed, let packedForm { return try packedForm.content() }
        return try directoryForm.content()
    }

    /// The bytes of one file of the working form; `.notFound` when there is none.
    package func bytes(of path: TreePath) throws(AmxError) -> [UInt8] {
        if try existingForm() == .packed, let packedForm { return try packedForm.bytes(of: path) }
        return try directoryForm.read(path).bytes
    }

    var directoryForm: DirectoryForm { directoryForm(at: directoryPath) }

    /// The directory form, while it lies elsewhere.
    func directoryForm(at path: String) -> DirectoryForm {
        DirectoryForm(
            root: path, cachePath: statCachePath, temporaryDirectory: workspace.temporaryDirectory,
            foreign: foreignPaths, tracked: trackedPaths)
    }

    /// The paths of the working form's base.
    private func trackedPaths() throws(AmxError) -> Set<[UInt8]> {
        guard let repository = try repository(), let base = try repository.refs.snapshot()[.base]?.id else { return [] }
        return Set(try repository.files(ofTree: repository.commit(base).tree).map(\.path.bytes))
    }

    var packedForm: PackedForm? { packedPath.map { PackedForm(path: $0, cachePath: statCachePath) } }

    /// Where it stands: its branch, that branch's commit, and the commit of the working form.
    package func position(in repository: Repository) throws(AmxError) -> Position {
        try checkSettled()
        let snapshot = try repository.refs.snapshot()
        guard let branch = snapshot.head.branch else {
            throw AmxError(
                .failure, "\(id) is on no branch: the HEAD of its repository names a commit",
                hint: "go to a branch with `\(command("switch", "BRANCH"))`")
        }
        return Position(
            branch: branch, head: snapshot[branch]?.id, base: snapshot[.base]?.id, snapshot: snapshot)
    }
}
