package import Capsules
package import Objects

/// One capsule of a workspace: its working form and its repository.
///
/// A value that only names places; every method reads what is there at that moment.
package struct WorkspaceCapsule: Sendable, Hashable {
    /// The workspace.
    package let workspace: Workspace
    /// The capsule.
    package let id: CapsuleID

    /// The form that the capsule lies in; nil when it has none. `.conflict` when it lies in both.
    package func form() throws(AmxError) -> Form? {
        let directory = workspace.directoryPath(id)
        let packed = workspace.packedPath(id)
        switch (Directory.isDirectory(directory), Directory.exists(packed)) {
        case (true, true):
            throw AmxError(
                .conflict, "\(id) is here twice: \(directory) and \(packed)",
                hint: "move one of them elsewhere; `amx diff` then shows how the other one differs from the last commit"
            )
        case (true, false): return .directory
        case (false, true): return .packed
        case (false, false): return nil
        }
    }

    /// The form that the capsule lies in; `.notFound` when it has none.
    package func existingForm() throws(AmxError) -> Form {
        try checkSettled()
        if let form = try form() { return form }
        guard Directory.exists(workspace.repositoryPath(id)) else { throw missing() }
        throw AmxError(
            .notFound, "\(id) has no working form: neither \(workspace.directoryPath(id)) nor its .kc file is there",
            hint: "`amx switch \(id) BRANCH` brings it back")
    }

    /// The error for a capsule that the workspace doesn't know.
    package func missing() -> AmxError {
        AmxError(
            .notFound, "there is no capsule \(id) in \(workspace.root)",
            hint: "`amx status` lists those that are here; `amx pull REMOTE \(id)` brings one from a remote")
    }

    /// The capsule's repository; nil before its first commit.
    package func repository() throws(AmxError) -> Repository? {
        let path = workspace.repositoryPath(id)
        guard Directory.exists(path) else { return nil }
        return try Repository(opening: path)
    }

    /// The capsule's repository; `.notFound` when it has no commit yet, or is not here at all.
    package func existingRepository() throws(AmxError) -> Repository {
        if let repository = try repository() { return repository }
        guard try form() != nil else { throw missing() }
        throw AmxError(
            .notFound, "\(id) has no commit yet", hint: "make the first one with `amx commit \(id) -m \"...\"`")
    }

    /// The content of the working form, hashed.
    package func content() throws(AmxError) -> WorkingContent {
        switch try existingForm() {
        case .directory: try directoryForm.content()
        case .packed: try packedForm.content()
        }
    }

    var directoryForm: DirectoryForm { directoryForm(at: workspace.directoryPath(id)) }

    /// The directory form, while it lies elsewhere.
    func directoryForm(at path: String) -> DirectoryForm {
        DirectoryForm(
            root: path, cachePath: workspace.statCachePath(id), temporaryDirectory: workspace.temporaryDirectory,
            tracked: trackedPaths)
    }

    /// The paths of the working form's base.
    private func trackedPaths() throws(AmxError) -> Set<[UInt8]> {
        guard let repository = try repository(), let base = try repository.refs.snapshot()[.base]?.id else { return [] }
        return Set(try repository.files(ofTree: repository.commit(base).tree).map(\.path.bytes))
    }

    var packedForm: PackedForm {
        PackedForm(path: workspace.packedPath(id), cachePath: workspace.statCachePath(id))
    }

    /// Where the capsule stands: its branch, that branch's commit, and the commit of the working form.
    package func position(in repository: Repository) throws(AmxError) -> Position {
        try checkSettled()
        let snapshot = try repository.refs.snapshot()
        guard let branch = snapshot.head.branch else {
            throw AmxError(
                .failure, "\(id) is on no branch: the HEAD of its repository names a commit",
                hint: "go to a branch with `amx switch \(id) BRANCH`")
        }
        return Position(
            branch: branch, head: snapshot[branch]?.id, base: snapshot[.base]?.id, snapshot: snapshot)
    }

    /// Where a capsule stands in its history.
    package struct Position: Sendable {
        /// The current branch.
        package let branch: RefName
        /// The branch's commit; nil before the first one.
        package let head: ObjectID?
        /// The commit that the working form was made from; nil before the first one.
        package let base: ObjectID?
        /// All references at that moment.
        package let snapshot: RefSnapshot

        /// The branch's short name.
        package var branchName: String { branch.branch ?? branch.string }
    }
}
