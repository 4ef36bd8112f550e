import Capsules
import Objects

extension Workspace {
    /// Switches, merges or comes forward as one operation, since installed capsules come, move or go with it.
    ///
    /// The caller holds the lock. `own` brings the workspace's files where they go, `amx.json` and `amx.lock` among them; `before` is what
    /// these two were, for the log.
    func performOperation(
        _ moves: CapsuleMoves, then own: Transition, of files: WorkspaceFiles, in repository: Repository,
        as command: Operation.Command, _ arguments: [String], before: Operation.Documents, by actor: EventActor
    ) throws(AmxError) {
        // One that was cut off and could not be ended says why, and is not forgotten.
        try finishOperation()
        var note = OperationNote(operation: .zero)
        note.files = own
        note.steps =
            moves.steps.map { OperationNote.Step(id: $0.capsule.id, transition: $0.transition) }
            + moves.commits.map {
                OperationNote.Step(id: $0.capsule.id, transition: $0.commit.transition(of: $0.capsule))
            }
        note.departures = moves.departures.map { OperationNote.Departure(id: $0.entry.id, commit: $0.base) }
        var changes: [OperationResult.Change] = []
        for step in moves.steps where step.entry.isRelease {
            if let place = step.arrivesFrom { note.arrivals.append(.init(id: step.entry.id, from: place)) }
            let old = try step.capsule.installedRelease()
            note.approvals.capsules.append(step.entry.id)
            guard old?.commit != step.entry.commit else { continue }
            changes.append(OperationResult.Change(id: step.entry.id, old: old, new: step.entry))
            let manifest = try step.capsule.manifest(ofTree: step.entry.tree, in: step.repository)
            note.approvals.hooks += PendingHook.of(
                manifest, digest: step.entry.digest, on: old == nil ? .installation : .update)
        }
        for departure in moves.departures {
            let entry = departure.entry
            note.approvals.capsules.append(entry.id)
            changes.append(OperationResult.Change(id: entry.id, old: entry, new: nil))
            guard let manifest = try capsule(entry.id).manifest(of: entry) else { continue }
            note.approvals.hooks += PendingHook.of(manifest, digest: entry.digest, on: .removal)
        }
        note.approvals.capsules.sort()
        changes.sort { $0.id < $1.id }
        let moved = try changes.map { (change) throws(AmxError) in
            let form = try capsule(change.id).form()
            return Operation.Change(
                of: change.id, from: Operation.Place(entry: change.old, form: form),
                to: change.new.map { Operation.Place(entry: $0, form: form ?? .packed) } ?? .absent)
        }
        let described = Operation(
            command, arguments, changes: moved, before: before,
            after: try Operation.Documents(at: own.to, in: repository))
        var operation = try WorkspaceOperation(command, arguments, replacing: self)
        operation.isRestoration = true
        _ = try carryOut(operation, changes, described, note, by: actor)
    }
}

extension WorkspaceFiles {
    /// Throws `.verification` where the lock of a commit has a capsule at a branch that its `amx.json` does not have so.
    func checkLines(at commit: ObjectID, in repository: Repository) throws(AmxError) {
        let documents = try Operation.Documents(at: commit, in: repository)
        guard let lock = documents.lock else { return }
        try WorkspaceLock.parse(lock).checkLines(
            against: documents.manifest.map { (bytes) throws(AmxError) in try WorkspaceManifest.parse(bytes) })
    }
}

extension Operation.Documents {
    /// `amx.json` and `amx.lock` as a commit of the workspace has them.
    init(at commit: ObjectID, in repository: Repository) throws(AmxError) {
        let entries = try repository.entries(ofTree: repository.commit(commit).tree)
        func bytes(_ name: String) throws(AmxError) -> [UInt8]? {
            guard let entry = entries.first(where: { $0.name.elementsEqual(name.utf8) && !$0.isTree }) else {
                return nil
            }
            return try repository.read(entry.id, as: .blob)
        }
        self.init(manifest: try bytes(WorkspaceManifest.fileName), lock: try bytes(WorkspaceLock.fileName))
    }
}
