import Capsules
import Objects

extension Workspace {
    /// Carries out what a note says, with the events of its changes and the operation's commit in the log, or takes all of it back and throws.
    func carryOut(
        _ operation: WorkspaceOperation, _ changes: [OperationResult.Change], _ described: Operation,
        _ planned: OperationNote, by actor: EventActor
    ) throws(AmxError) -> OperationResult {
        var note = planned
        let store = try EventStore(self)
        let record = try OperationLog(self).prepare(described)
        note.operation = record.commit
        note.events = try notedEvents(
            operation, changes, returned: Set(note.arrivals.filter { $0.from == .removed }.map(\.id)), record.commit,
            store)
        let bytes = note.encoded
        guard bytes.count <= OperationNote.byteLimit else {
            throw AmxError(
                .failure,
                "cannot do all of it at once: the operation's description has more than \(OperationNote.byteLimit) bytes",
                hint: "do it in parts: name some of the capsules")
        }
        try Directory.createDurably(pendingDirectory)
        try AtomicFile.write(bytes, to: pendingPath(OperationNote.name))
        // Also where it fails: some of it may have happened.
        defer { for change in changes { ManifestMemory.shared.forget(change.id) } }
        try carry(note, store, actor)
        // From here on it has happened: what fails is done by the next command.
        try filesRepositoryOrNew().refs.commit([record.update])
        try removeOperationNote()
        return OperationResult(
            changes: changes, operation: record.commit, changesAnything: described.changesAnything)
    }

    /// Does what a note says up to the events, or takes all of it back and throws.
    private func carry(_ note: OperationNote, _ store: EventStore, _ actor: EventActor) throws(AmxError) {
        var moves = note.arrivals.map { CarriedMove($0.id, of: self, from: $0.from) }
        var leaving = note.departures.map { CarriedMove($0.id, of: self, to: .removed) }
        let carried = note.steps.map { CarriedStep($0, in: self) }
        var changes: [any FormChange] = []
        var own: CarriedTransition?
        do throws(AmxError) {
            for index in moves.indices { try moves[index].apply() }
            try CarriedMove.sync(moves)
            try together(carried) { (step) throws(AmxError) in try step.prepare() }
            if let transition = note.files {
                let files = try files()
                own = try CarriedTransition(transition, of: files, in: files.existingRepository())
            }
            for departure in note.departures {
                if let removal = try PathSwap(removing: capsule(departure.id)) { changes.append(removal) }
            }
            for file in try documents(of: note) { changes.append(file) }
            try together(carried) { (step) throws(AmxError) in try step.apply() }
            for change in changes { try change.apply() }
            try own?.apply()
            for index in leaving.indices { try leaving[index].apply() }
            try CarriedMove.sync(leaving)
            try store.append(
                note.events.map { EventDraft($0.type, in: $0.stream, payload: $0.payload) }, by: actor)
        } catch {
            // If that fails too, the note lets the next command bring the operation to its end.
            do throws(AmxError) {
                for index in leaving.indices { try leaving[index].undo() }
                try CarriedMove.sync(leaving)
                try own?.undo()
                for change in changes.reversed() { try change.undo() }
                for item in carried.reversed() { try item.undo() }
                for index in moves.indices { try moves[index].undo() }
                try CarriedMove.sync(moves)
                try removeOperationNote()
            } catch {}
            throw error
        }
    }

    /// Does the same with all steps, several at a time with common waits for the disk; throws the first failure.
    private func together(
        _ steps: [CarriedStep], _ body: @escaping @Sendable (CarriedStep) throws(AmxError) -> Void
    ) throws(AmxError) {
        for case .failure(let error)? in outcomes(inGroup: steps, body) { throw error }
    }

    /// The workspace's files that a note gives another text, prepared; those that stay are not among them.
    func documents(of note: OperationNote) throws(AmxError) -> [PathSwap] {
        [
            try PathSwap(workspaceLockPath, by: note.lock, in: self, limit: WorkspaceLock.byteLimit),
            try PathSwap(
                manifestPath, by: note.manifest, in: self, limit: Limits.standard.manifestBytes + 1),
            try PathSwap(
                approvalsPath, by: approvalBytes(after: note.approvals), in: self, limit: Approvals.byteLimit,
                mode: Approvals.mode),
        ].compactMap(\.self)
    }

    /// The approvals' file after a change; nil where it stays.
    func approvalBytes(after change: ApprovalChange) throws(AmxError) -> [UInt8]? {
        guard !change.isEmpty else { return nil }
        let before = try approvals()
        var after = before
        after.apply(change)
        return before == after ? nil : after.encoded
    }

    /// Takes a capsule out of the workspace, unless that was done, for a note that was cut off.
    func finish(_ departure: OperationNote.Departure) throws(AmxError) {
        let capsule = capsule(departure.id)
        if let repository = try capsule.repository(), try capsule.form() != nil {
            // One that was touched since stays, and its repository with it.
            let entries = try capsule.content().entries
            guard try entries == repository.files(ofTree: repository.commit(departure.commit).tree) else { return }
            try PathSwap(removing: capsule)?.apply()
        }
        try CarriedMove(departure.id, of: self, to: .removed).finish()
    }
}
