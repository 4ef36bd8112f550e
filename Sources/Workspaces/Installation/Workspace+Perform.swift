import Capsules
package import Objects
import Versions

extension Workspace {
    /// Carries out an operation, or leaves everything as it was and throws.
    ///
    /// The caller holds the lock, and has brought every release that comes into the capsule's repository, in the store or in a
    /// ``HeldRepository``. `.conflict` when something that is not committed would be lost, or `amx.json` or `amx.lock` are not what
    /// the operation was planned from; `.verification` when a release is not what the lock says of it. A process that is killed meanwhile
    /// leaves a note, by which the next command brings it to its end. Source: `docs/lifecycle.md`.
    package func perform(_ operation: WorkspaceOperation, by actor: EventActor) throws(AmxError) -> OperationResult {
        // What fetches of killed processes have left is nobody's.
        try removeAbandonedRepositories()
        // One that was cut off and could not be ended says why, and is not forgotten.
        try finishOperation()
        try checkUnchanged(since: operation)
        let before = try operation.lockBefore.map { (bytes) throws(AmxError) in try WorkspaceLock.parse(bytes) }
        var note = OperationNote(operation: .zero)
        let lock = operation.dropsLock ? [] : operation.lock.encoded
        note.lock = lock == operation.lockBefore ?? [] ? nil : lock
        if let manifest = operation.manifest?.encoded, manifest != operation.manifestBefore { note.manifest = manifest }
        let changes = try plan(operation, from: before ?? WorkspaceLock(), into: &note)
        note.approvals = operation.approvals
        var isNothing = changes.isEmpty && note.lock == nil && note.manifest == nil && operation.events.isEmpty
        if isNothing { isNothing = try approvalBytes(after: note.approvals) == nil }
        guard !isNothing else { return OperationResult(changes: [], operation: nil) }
        // A fetch that was killed when its release had come has left a folder that no other fetch meets.
        for step in note.steps where Directory.isDirectory(repositoryPath(step.id)) {
            try Quarantine.sweep("\(repositoryPath(step.id))/objects")
        }
        // One whose time has passed is no other capsule's obstacle.
        try removeExpired(by: actor, returning: Set(note.arrivals.map(\.id)))
        let result = try carryOut(operation, changes, described(operation, changes, note), note, by: actor)
        // What fails here is done by a later one.
        _ = try? FileCopies(self).removeUnnamed()
        return result
    }

    /// Brings an operation that was cut off to its end; the caller holds the lock.
    ///
    /// Files that the user has touched since are left alone.
    func finishOperation() throws(AmxError) {
        let path = pendingPath(OperationNote.name)
        guard let bytes = try FileContent.read(path, limit: OperationNote.byteLimit) else { return }
        guard let note = try OperationNote.read(bytes, at: path) else { return try removeOperationNote() }
        for arrival in note.arrivals { try CarriedMove(arrival.id, of: self, from: arrival.from).finish() }
        for step in note.steps {
            try AtomicFile.write(step.transition.encoded, to: pendingPath(step.id.string))
            try capsule(step.id).finishPending()
        }
        if let transition = note.files {
            try AtomicFile.write(transition.encoded, to: pendingPath(WorkspaceFiles.note))
            try files().finishPending()
        }
        for departure in note.departures { try finish(departure) }
        for file in try documents(of: note) { try file.apply() }
        let store = try EventStore(self)
        var missing: [EventDraft] = []
        for event in note.events where try !store.has(event) {
            missing.append(EventDraft(event.type, in: event.stream, payload: event.payload))
        }
        try store.append(missing)
        try record(note.operation)
        try removeOperationNote()
    }

    /// Makes a commit of the operations' log its last, unless it is.
    private func record(_ operation: ObjectID) throws(AmxError) {
        guard let repository = try filesRepository(), repository.contains(operation) else { return }
        let last = try repository.refs.snapshot()[.operations]?.id
        guard last != operation, try last == repository.commit(operation).parents.first else { return }
        try repository.refs.commit(
            [RefUpdate(.operations, expected: last.map { .id($0) } ?? .missing, new: operation)])
    }

    /// The operation as the log records it.
    private func described(
        _ operation: WorkspaceOperation, _ changes: [OperationResult.Change], _ note: OperationNote
    ) throws(AmxError) -> Operation {
        var described: [CapsuleID: Operation.Change] = [:]
        for change in changes {
            let form = try capsule(change.id).form()
            described[change.id] = Operation.Change(
                of: change.id, from: Operation.Place(entry: change.old, form: form),
                to: Operation.Place(entry: change.new, form: change.new == nil ? nil : form ?? .packed))
        }
        for (id, configuration) in operation.configurations {
            let place = Operation.Place(entry: operation.lock[id], form: try capsule(id).form())
            let change = described[id]
            described[id] = Operation.Change(
                of: id, from: change?.before ?? place, to: change?.after ?? place,
                configurationBefore: configuration.before, configurationAfter: configuration.after)
        }
        return Operation(
            operation.command, operation.arguments, changes: Array(described.values),
            before: Operation.Documents(manifest: operation.manifestBefore, lock: operation.lockBefore),
            after: Operation.Documents(
                manifest: note.manifest ?? operation.manifestBefore,
                lock: note.lock.map { $0.isEmpty ? nil : $0 } ?? operation.lockBefore),
            undoes: operation.undoes)
    }

    func removeOperationNote() throws(AmxError) {
        try Directory.remove(pendingPath(OperationNote.name))
        try Directory.sync(pendingDirectory)
    }

    private func checkUnchanged(since operation: WorkspaceOperation) throws(AmxError) {
        for (path, bytes, limit) in [
            (manifestPath, operation.manifestBefore, Limits.standard.manifestBytes + 1),
            (workspaceLockPath, operation.lockBefore, WorkspaceLock.byteLimit),
        ] where try FileContent.read(path, limit: limit) != bytes {
            throw AmxError(
                .conflict, "\(Directory.name(of: path)) was changed meanwhile", hint: "run the command again")
        }
    }

    // MARK: Planning

    /// What comes, moves and goes; refuses with `.conflict` where something would be lost.
    private func plan(
        _ operation: WorkspaceOperation, from before: WorkspaceLock, into note: inout OperationNote
    ) throws(AmxError) -> [OperationResult.Change] {
        let after = operation.lock
        var changes: [OperationResult.Change] = []
        for entry in after.capsules where entry.lane == nil {
            guard case .tag = entry.line else { continue }
            let old = before[entry.id]
            let isLocked = old?.commit == entry.commit && old?.line == entry.line
            guard !isLocked || operation.brings.contains(entry.id) else { continue }
            let capsule = capsule(entry.id)
            let here = isLocked ? try capsule.installedRelease() : old
            if let place = heldPlace(entry.id) { note.arrivals.append(.init(id: entry.id, from: place)) }
            guard let repository = try anyRepository(entry.id), repository.contains(entry.commit) else {
                throw AmxError(
                    .notFound, "the release \(entry.version) of \(entry.id) is not here",
                    hint: "run `amx install` while its source can be reached")
            }
            if let transition = try capsule.transition(to: entry, in: repository) {
                try entry.check(in: repository, from: entry.source.text)
                note.steps.append(.init(id: entry.id, transition: transition))
            }
            if !isLocked || here?.commit != entry.commit {
                changes.append(OperationResult.Change(id: entry.id, old: here, new: entry))
            }
        }
        for entry in before.capsules where entry.lane == nil && after[entry.id] == nil {
            guard case .tag = entry.line else { continue }
            changes.append(OperationResult.Change(id: entry.id, old: entry, new: nil))
            guard let repository = try capsule(entry.id).repository() else { continue }
            try checkMayGo(entry, repository)
            note.departures.append(.init(id: entry.id, commit: entry.commit))
        }
        return changes.sorted { $0.id < $1.id }
    }

    /// Throws `.conflict` where something would be lost if an installed capsule went.
    func checkMayGo(_ entry: LockedCapsule, _ repository: Repository) throws(AmxError) {
        let capsule = capsule(entry.id)
        try capsule.finishPending()
        if try capsule.form() != nil {
            let base = try capsule.position(in: repository).base
            try capsule.checkNothingIsLost(changingTo: entry.commit, in: repository, base: base)
            let ignored = try capsule.content().ignored
            guard ignored.isEmpty else {
                throw AmxError(
                    .conflict,
                    "\(entry.id): removing it would lose files that are ignored: \(ignored.prefix(3).joined(separator: ", "))",
                    hint: "move or remove them first")
            }
        }
        guard !Directory.exists(repositoryPath(entry.id, .removed)) else {
            throw AmxError(
                .conflict, "another \(entry.id) was removed before, and can still be had back",
                hint: "if it is not wanted any more, remove \(repositoryPath(entry.id, .removed))")
        }
    }

    func notedEvents(
        _ operation: WorkspaceOperation, _ changes: [OperationResult.Change], returned: Set<CapsuleID>,
        _ commit: ObjectID, _ store: EventStore
    ) throws(AmxError) -> [OperationNote.NotedEvent] {
        let organization = try organization()
        let until = EventTime.now().adding(days: try days(of: .grace))
        // What comes back in another version than it went is installed, and its state says which.
        var restored: Set<CapsuleID> = []
        for change in changes where returned.contains(change.id) {
            let state = try store.state(of: EventStream(change.id, of: organization)).state
            guard LifecycleState(projected: state) == .softRemoved,
                state["version"]?.string == change.new?.version.text
            else { continue }
            restored.insert(change.id)
        }
        let drafts =
            changes.map { operation.draft(for: $0, organization, returned: restored, until: until) } + operation.events
        return try drafts.map { (draft) throws(AmxError) in
            var payload = draft.payload
            // The members of a configuration's event are those of the configuration.
            if draft.type != .configured { payload["operationId"] = .string(commit.hex) }
            if draft.type == .installed {
                payload["installationId"] = .string("\(commit.hex)-\(draft.stream.capsule)")
                payload["duration"] = .integer(operation.duration)
            }
            return OperationNote.NotedEvent(
                stream: draft.stream, type: draft.type, payload: payload,
                after: try store.state(of: draft.stream).version)
        }
    }
}

extension WorkspaceOperation {
    /// What is recorded of a capsule that comes, moves or goes.
    fileprivate func draft(
        for change: OperationResult.Change, _ organization: String, returned: Set<CapsuleID>, until: EventTime
    ) -> EventDraft {
        let stream = EventStream(change.id, of: organization)
        guard let new = change.new else {
            return EventDraft(
                .softRemoved, in: stream,
                payload: ["version": .optional(change.old?.version.text), "until": .string(until.text)])
        }
        guard let old = change.old, case .tag = old.line else {
            return EventDraft(
                isRestoration && returned.contains(change.id) ? .restored : .installed, in: stream,
                payload: ["version": .string(new.version.text), "digest": .string(new.digest.text)])
        }
        var payload: JSONObject = [
            "newVersion": .string(new.version.text), "oldVersion": .string(old.version.text),
        ]
        if let steps = steps[change.id] { payload["steps"] = .array(steps.map(\.recorded)) }
        return EventDraft(isRollback ? .rolledBack : .updated, in: stream, payload: payload)
    }
}
