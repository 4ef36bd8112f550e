import Capsules
import Glibc
package import Objects

extension EventStore {
    /// Writes the journal's events into the chain as one batch, and returns the commit; nil when there are none.
    ///
    /// All is durable when this returns. Cut off at any point, nothing is lost and the next one goes on. Appends wait only
    /// while the journal is replaced. `.verification` when the chain is not what the journal goes on after.
    @discardableResult
    package func fold() throws(AmxError) -> ObjectID? {
        let lock = try BriefLock(workspace.journalFoldPath)
        return try lock.hold("cannot fold the events", timeout: 60) { () throws(AmxError) in try foldLocked() }
    }

    /// Folds when the journal is long, large or old, unless another process is at it.
    ///
    /// What fails here fails no event: the events are durable, and the next fold that somebody asked for says why.
    func foldIfDue(_ file: JournalFile) {
        guard file.count > 0 else { return }
        let limits = Self.foldLimits
        if file.count < limits.events, file.end.offset < limits.bytes {
            guard let oldest = file.oldest, EventTime.now().microseconds - oldest.microseconds >= limits.age else {
                return
            }
        }
        _ = try? BriefLock(workspace.journalFoldPath).holdIfFree { () throws(AmxError) in try foldLocked() }
    }

    func foldLocked() throws(AmxError) -> ObjectID? {
        let durable = try journal.durable { record, replica throws(AmxError) in try isFolded(record, of: replica) }
        guard let file = durable else {
            if let loss = try workspace.eventLoss() { throw loss.error(in: workspace) }
            return nil
        }
        let replica = file.header.replica
        let repository = try workspace.filesRepositoryOrNew()
        try mark(replica)
        let head = try repository.refs.snapshot()[replica.chain]?.id
        // What the journal goes on after is there, and there is nothing to go on with.
        if file.records.isEmpty, head == file.header.commit { return nil }
        let place = try place(after: file, head: head, in: repository)
        let records = file.records.filter { $0.sequence > place.last }
        guard let first = records.first, let last = records.last else {
            if head != file.header.commit { try journal.advance(to: place.last, commit: head) }
            return nil
        }
        let (commit, batch) = try write(
            records, from: first.sequence, to: last.sequence, after: place, of: replica, in: repository)
        // Opened anew, so that the pack just written is seen.
        try workspace.filesRepositoryOrNew().refs.commit([
            RefUpdate(replica.chain, expected: head.map { .id($0) } ?? .missing, new: commit)
        ])
        var memory = try ChainMemory(workspace)
        try memory.note([replica: .init(commit: commit, digest: batch.digest, sequence: batch.last)])
        try journal.advance(to: batch.last, commit: commit)
        return commit
    }

    /// Lets the workspace's repository know whose it is, if it does not; `.verification` when it says another id.
    private func mark(_ replica: ReplicaID) throws(AmxError) {
        guard let known = try workspace.replicaMark()?.replica else {
            return try workspace.note(ReplicaMark(replica))
        }
        guard known != replica else { return }
        throw EventLoss.exchanged(replica, known: known).error(in: workspace)
    }

    /// Where the chain ends.
    private struct Place {
        var head: ObjectID?
        var tree: ObjectID?
        var last: Int64 = 0
        var digest: SHA256Digest?
    }

    /// Where the chain ends that a journal goes on after, which may have some of the journal's events already: exactly those.
    private func place(
        after file: JournalFile, head: ObjectID?, in repository: Repository
    ) throws(AmxError) -> Place {
        let header = file.header
        var place = Place()
        var follows = header.commit == nil
        if let head {
            let chain = EventChain(repository: repository, replica: header.replica, head: head)
            let (commit, batch) = try chain.batch(head)
            place = Place(head: head, tree: commit.tree, last: batch.last, digest: batch.digest)
            if let commit = header.commit { follows = try CommitWalk(repository).isAncestor(commit, of: head) }
            if follows { follows = try chain.hasSame(file.records.prefix { $0.sequence <= batch.last }) }
        }
        guard follows, place.last >= header.base else {
            throw AmxError(
                .verification,
                "cannot fold the events: the chain \(header.replica.string) is not what the journal goes on after",
                hint:
                    "run `amx audit`; `git fetch` the chain from where it was pushed to, or go on under a new id with `amx events --set-aside \(header.replica.string)`: events that only the journal has then stay in .aimatrix/journal-\(header.replica.string)"
            )
        }
        return place
    }

    /// Writes the batch's objects as one pack, durably; no reference names them yet.
    ///
    /// The same events after the same batch make the same commit, signed or not, so one that was cut off is made again as it was.
    private func write(
        _ records: [JournalRecord], from first: Int64, to last: Int64, after place: Place, of replica: ReplicaID,
        in repository: Repository
    ) throws(AmxError) -> (ObjectID, EventBatch) {
        var documents: [CapsuleID: StateDocument] = [:]
        var ndjson: [UInt8] = []
        var time: Int64 = 0
        let chain = place.head.map { EventChain(repository: repository, replica: replica, head: $0) }
        for record in records {
            let event: Event
            do throws(EventDefect) {
                event = try Event(line: record.line, of: replica)
            } catch {
                throw AmxError(
                    .verification,
                    "cannot fold the events: event \(record.sequence) of the journal is damaged: \(error)",
                    hint: JournalFile.damaged(workspace.journalPath))
            }
            let capsule = event.stream.capsule
            if documents[capsule] == nil { documents[capsule] = try chain?.state(capsule) ?? StateDocument() }
            documents[capsule]?.apply(event)
            ndjson += record.line + [0x0A]
            time = event.time.seconds
        }
        let staging = try ObjectStaging(for: workspace.filesRepositoryPath)
        var states: [[UInt8]: TreeEntry] = [:]
        if let chain, let tree = place.tree {
            for entry in try chain.states(ofTree: tree) where states[entry.name] == nil { states[entry.name] = entry }
        }
        var changed: [(name: [UInt8], sha256: SHA256Digest)] = []
        for (capsule, document) in documents.sorted(by: { $0.key < $1.key }) {
            let name = Array(StateDocument.fileName(capsule).utf8)
            let bytes = document.encoded
            let id = try staging.add(bytes, kind: .blob)
            states[name] = TreeEntry(mode: 0o100644, name: name, id: id)
            changed.append((name, SHA256Hasher.hash(of: bytes)))
        }
        let events = try staging.add(ndjson, kind: .blob)
        let folder = try staging.add(
            TreeEntry.encode(states.values.sorted { $0.name.lexicographicallyPrecedes($1.name) }), kind: .tree)
        let tree = try staging.add(
            TreeEntry.encode([
                TreeEntry(mode: 0o100644, name: Array(EventBatch.eventsFile.utf8), id: events),
                TreeEntry(mode: 0o40000, name: Array(EventBatch.stateFolder.utf8), id: folder),
            ]), kind: .tree)
        let batch = EventBatch(
            replica: replica, first: first, last: last, events: ndjson, states: changed, after: place.digest)
        let commit = EventBatch.commit(
            tree: tree, after: place.head.map { [$0] } ?? [], at: time, message: batch.message)
        // An event that cannot be signed now is an event all the same; the audit tells which batches are not.
        let sealed = try? BatchSigner(workspace)?.sealed(commit.encoded)
        let id = try staging.add(sealed ?? commit.encoded, kind: .commit)
        try staging.publish()
        return (id, batch)
    }
}

extension Workspace {
    /// Folds the events of this copy, as ``EventStore/fold()``; where there has never been any, nothing is made.
    ///
    /// `.verification` also where events of this copy are lost.
    @discardableResult
    package func foldEvents() throws(AmxError) -> ObjectID? {
        if !Directory.exists(journalPath), try eventLoss() == nil { return nil }
        return try EventStore(self).fold()
    }
}
