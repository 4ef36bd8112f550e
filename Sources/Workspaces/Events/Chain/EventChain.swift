import Capsules
import Objects

/// The chain of one replica up to a commit, for reading.
struct EventChain {
    /// The workspace's repository.
    let repository: Repository
    /// Whose events they are.
    let replica: ReplicaID
    /// The last commit.
    let head: ObjectID

    /// A commit with what its message says; `.verification` when that is no batch of this chain.
    func batch(_ id: ObjectID) throws(AmxError) -> (commit: Commit, batch: EventBatch) {
        let commit = try repository.commit(id)
        guard let batch = EventBatch(message: commit.message), batch.replica == replica else {
            throw AmxError(
                .verification, "commit \(id.abbreviated) is no batch of the event chain \(replica.string)",
                hint: "run `amx audit` to see what else is wrong")
        }
        return (commit, batch)
    }

    /// The last event's sequence.
    func last() throws(AmxError) -> Int64 { try batch(head).batch.last }

    /// The trees of the batches with events after a sequence, in order.
    func trees(after sequence: Int64 = 0) throws(AmxError) -> [ObjectID] {
        var trees: [ObjectID] = []
        var next: ObjectID? = head
        var before: Int64?
        while let id = next {
            let (commit, batch) = try batch(id)
            guard batch.last < before ?? .max else { throw outOfOrder(id) }
            if batch.last <= sequence { break }
            trees.append(commit.tree)
            before = batch.first
            next = commit.parents.first
        }
        return trees.reversed()
    }

    /// The events of a batch after a sequence; with a needle only those that it finds, the others are not even read.
    func events(
        ofTree tree: ObjectID, after sequence: Int64 = 0, _ needle: EventNeedle? = nil
    ) throws(AmxError) -> [Event] {
        var events: [Event] = []
        for line in try lines(ofTree: tree) where needle?.matches(line) != false {
            do throws(EventDefect) {
                let event = try Event(line: line, of: replica)
                if event.sequence > sequence { events.append(event) }
            } catch {
                throw AmxError(
                    .verification, "an event of the chain \(replica.string) is damaged: \(error)",
                    hint: "run `amx audit` to see which, and what else is wrong")
            }
        }
        return events
    }

    private func lines(ofTree tree: ObjectID) throws(AmxError) -> [ArraySlice<UInt8>] {
        guard let blob = try entry(EventBatch.eventsFile, ofTree: tree) else { return [] }
        return try repository.read(blob.id, as: .blob).split(separator: 0x0A)
    }

    /// The last sequence up to which this chain has the same events as another one; 0 when they have none in common.
    func last(sharedWith other: EventChain) throws(AmxError) -> Int64 {
        var last: Int64 = 0
        if let base = try CommitWalk(repository).mergeBases(head, other.head).first {
            last = try batch(base).batch.last
        }
        // Where the two go apart, the same events may stand in batches of their own.
        let rest = try [self, other].map { chain throws(AmxError) in
            try chain.trees(after: last).map { tree throws(AmxError) in try chain.lines(ofTree: tree) }.joined()
        }
        for (mine, others) in zip(rest[0], rest[1]) where mine == others { last += 1 }
        return last
    }

    /// Whether the chain has exactly this line as an event.
    func contains(_ record: JournalRecord) throws(AmxError) -> Bool {
        guard let tree = try trees(after: record.sequence - 1).first else { return false }
        return try lines(ofTree: tree).contains { $0.elementsEqual(record.line) }
    }

    /// Whether the chain has exactly these lines as events; they follow on each other.
    func hasSame(_ records: some Collection<JournalRecord>) throws(AmxError) -> Bool {
        guard let first = records.first else { return true }
        var lines: [Int64: [UInt8]] = [:]
        for tree in try trees(after: first.sequence - 1) {
            for event in try events(ofTree: tree, after: first.sequence - 1) { lines[event.sequence] = event.line }
        }
        return records.allSatisfy { lines[$0.sequence] == $0.line }
    }

    /// The files below `state/` of a commit, in git's order.
    func states(ofTree tree: ObjectID) throws(AmxError) -> [TreeEntry] {
        guard let folder = try entry(EventBatch.stateFolder, ofTree: tree), folder.isTree else { return [] }
        return try repository.entries(ofTree: folder.id)
    }

    /// What the last commit says about a capsule.
    func state(_ capsule: CapsuleID) throws(AmxError) -> StateDocument {
        try states(of: capsule).first?.document ?? StateDocument()
    }

    /// What the last commit says about one capsule, or about all that there have been events of, by their id.
    func states(
        of capsule: CapsuleID? = nil
    ) throws(AmxError) -> [(capsule: CapsuleID, document: StateDocument)] {
        var found: [(CapsuleID, StateDocument)] = []
        let wanted = capsule.map { Array(StateDocument.fileName($0).utf8) }
        var seen: Set<[UInt8]> = []
        for entry in try states(ofTree: repository.commit(head).tree) where wanted == nil || entry.name == wanted {
            // Of two with one name the first, as everywhere.
            guard seen.insert(entry.name).inserted else { continue }
            guard let id = capsule ?? StateDocument.capsule(fileName: entry.name) else {
                throw AmxError(
                    .verification,
                    "the event chain \(replica.string) has a state of no capsule: \(TreeRules.printable(entry.name))",
                    hint: "run `amx audit` to see since when")
            }
            found.append(
                (id, try StateDocument(parsing: repository.read(entry.id, as: .blob), name: id.string)))
        }
        return found
    }

    /// What has a name in the tree of a commit; of two the first, which is the one that is audited.
    private func entry(_ name: String, ofTree tree: ObjectID) throws(AmxError) -> TreeEntry? {
        try repository.entries(ofTree: tree).first { $0.name.elementsEqual(name.utf8) }
    }

    private func outOfOrder(_ id: ObjectID) -> AmxError {
        AmxError(
            .verification, "the event chain \(replica.string) goes back at commit \(id.abbreviated)",
            hint: "run `amx audit` to see what else is wrong")
    }
}
