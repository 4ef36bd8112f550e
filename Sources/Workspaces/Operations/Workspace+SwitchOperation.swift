import Capsules
import Objects

extension Workspace {
    /// Switches or merges as one operation, since installed capsules come or move with it.
    ///
    /// The caller holds the lock. The documents change with the files of the workspace, and not by what the operation does: so for the
    /// log they are the same before it and after it, and there is nothing that an undo would take back.
    func performOperation(
        _ steps: [CapsuleStep], then own: Transition?, of files: WorkspaceFiles, in repository: Repository,
        as command: Operation.Command, _ arguments: [String], by actor: EventActor
    ) throws(AmxError) {
        let releases = steps.map(\.entry).filter(\.isRelease)
        // One that was cut off and could not be ended says why, and is not forgotten.
        try finishOperation()
        var note = OperationNote(operation: .zero)
        note.steps = steps.map { OperationNote.Step(id: $0.capsule.id, transition: $0.transition) }
        note.files = own
        note.approvals.capsules = releases.map(\.id).sorted()
        var changes: [OperationResult.Change] = []
        var moved: [Operation.Change] = []
        for entry in releases {
            let capsule = capsule(entry.id)
            let (old, form) = (try capsule.installedRelease(), try capsule.form())
            guard old?.commit != entry.commit else { continue }
            changes.append(OperationResult.Change(id: entry.id, old: old, new: entry))
            moved.append(
                Operation.Change(
                    of: entry.id, from: Operation.Place(entry: old, form: form),
                    to: Operation.Place(entry: entry, form: form ?? .packed)))
            let manifest = try capsule.manifest(ofTree: entry.tree, in: capsule.existingRepository())
            note.approvals.hooks += PendingHook.of(
                manifest, digest: entry.digest, on: old == nil ? .installation : .update)
        }
        var documents = try documents()
        if let own { documents = try files.documents(at: own.to, in: repository) }
        let described = Operation(command, arguments, changes: moved, before: documents, after: documents)
        _ = try carryOut(
            WorkspaceOperation(command, arguments, in: self), changes.sorted { $0.id < $1.id }, described, note,
            by: actor)
    }
}

extension WorkspaceFiles {
    /// `amx.json` and `amx.lock` as a commit has them.
    fileprivate func documents(
        at commit: ObjectID, in repository: Repository
    ) throws(AmxError) -> Operation.Documents {
        let entries = try repository.entries(ofTree: repository.commit(commit).tree)
        func bytes(_ name: String) throws(AmxError) -> [UInt8]? {
            guard let entry = entries.first(where: { $0.name.elementsEqual(name.utf8) && !$0.isTree }) else {
                return nil
            }
            return try repository.read(entry.id, as: .blob)
        }
        return Operation.Documents(
            manifest: try bytes(WorkspaceManifest.fileName), lock: try bytes(WorkspaceLock.fileName))
    }
}
