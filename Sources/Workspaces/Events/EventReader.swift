import Capsules
package import Objects

/// Reads the events of all copies of a workspace that are here, in their order: by sequence, then by replica.
package struct EventReader {
    private let workspace: Workspace
    /// How far each chain has been read, with the journal that goes on after it.
    private var seen: [RefName: Int64] = [:]

    /// Starts before the first event.
    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// The events that have come since the last call, as far as they are durable; `body` sees those that are wanted.
    ///
    /// Batches are read one at a time.
    package mutating func read(
        _ query: EventQuery, _ body: (Event) throws(AmxError) -> Void
    ) throws(AmxError) {
        do throws(AmxError) {
            try readNow(query, body)
        } catch {
            throw AmxError(
                error.code, "Failed to retrieve events: \(error.message)", hint: error.hint, cause: error.cause ?? error
            )
        }
    }

    /// Passes over all that there is now.
    package mutating func skip() throws(AmxError) {
        for source in try sources(EventQuery()) {
            seen[source.name] = max(try source.last(), seen[source.name] ?? 0)
        }
    }

    private mutating func readNow(_ query: EventQuery, _ body: (Event) throws(AmxError) -> Void) throws(AmxError) {
        var sources = try sources(query)
        var heads: [Event?] = []
        for index in sources.indices { heads.append(try sources[index].next()) }
        while true {
            var best: Int?
            for (index, event) in heads.enumerated() {
                guard let event else { continue }
                if let chosen = best, let other = heads[chosen], !Self.precedes(event, other) { continue }
                best = index
            }
            guard let best, let event = heads[best] else { break }
            if query.matches(event) { try body(event) }
            seen[sources[best].name] = event.sequence
            heads[best] = try sources[best].next()
        }
        // Events that the needle does not find were passed over without being read.
        guard query.capsule != nil else { return }
        for source in sources { seen[source.name] = max(try source.last(), seen[source.name] ?? 0) }
    }

    /// The order of events: by sequence, then by replica.
    static func precedes(_ left: Event, _ right: Event) -> Bool {
        if left.sequence != right.sequence { return left.sequence < right.sequence }
        return left.replica.string.utf8.lexicographicallyPrecedes(right.replica.string.utf8)
    }

    private func sources(_ query: EventQuery) throws(AmxError) -> [Source] {
        let needle = EventNeedle(query)
        // The journal before the chains: what is folded in between is found in both, and not in neither.
        let journal = try workspace.readJournal()
        var sources: [Source] = []
        if let repository = try workspace.filesRepository() {
            let snapshot = try repository.refs.snapshot()
            var chains: [EventChain] = []
            for ref in snapshot.refs(withPrefix: ReplicaID.chainPrefix) {
                guard let replica = ReplicaID(chain: ref.name) else { continue }
                chains.append(EventChain(repository: repository, replica: replica, head: ref.id))
                sources.append(
                    try Source(chains[chains.count - 1], named: ref.name, after: seen[ref.name] ?? 0, needle))
            }
            for ref in snapshot.refs(withPrefix: ReplicaID.formerPrefix) {
                guard let replica = ReplicaID(former: ref.name) else { continue }
                let former = EventChain(repository: repository, replica: replica, head: ref.id)
                var after = seen[ref.name] ?? seen[replica.chain] ?? 0
                for other in chains where other.replica == replica {
                    after = max(after, try former.last(sharedWith: other))
                }
                chains.append(former)
                sources.append(try Source(former, named: ref.name, after: after, needle))
            }
        }
        if let journal {
            let name = journal.header.replica.chain
            if !sources.contains(where: { $0.name == name }) {
                sources.append(Source(journal.header.replica, after: seen[name] ?? 0, needle))
            }
            for index in sources.indices where sources[index].name == name { sources[index].add(journal.records) }
        }
        return sources
    }
}

extension EventReader {
    /// The events of one chain and of the journal that goes on after it, batch by batch.
    private struct Source {
        let name: RefName
        let replica: ReplicaID
        private var after: Int64
        private var chain: EventChain?
        private var trees: ArraySlice<ObjectID> = []
        private var events: ArraySlice<Event> = []
        private var records: ArraySlice<JournalRecord> = []
        private var journalEnd: Int64 = 0
        /// Which lines to read; nil for all.
        private let needle: EventNeedle?

        init(
            _ chain: EventChain, named name: RefName, after sequence: Int64, _ needle: EventNeedle?
        ) throws(AmxError) {
            (self.name, replica, self.chain, after) = (name, chain.replica, chain, sequence)
            self.needle = needle
            trees = try chain.trees(after: sequence)[...]
        }

        init(_ replica: ReplicaID, after sequence: Int64, _ needle: EventNeedle?) {
            (name, self.replica, after) = (replica.chain, replica, sequence)
            self.needle = needle
        }

        mutating func add(_ records: [JournalRecord]) {
            self.records = records[...]
            journalEnd = records.last?.sequence ?? 0
        }

        /// The last sequence of all.
        func last() throws(AmxError) -> Int64 { max(journalEnd, try chain?.last() ?? 0) }

        mutating func next() throws(AmxError) -> Event? {
            while true {
                if let event = events.popFirst() {
                    after = event.sequence
                    return event
                }
                if let chain, let tree = trees.popFirst() {
                    events = try chain.events(ofTree: tree, after: after, needle)[...]
                    continue
                }
                guard let record = records.popFirst() else { return nil }
                if record.sequence <= after || needle?.matches(record.line) == false { continue }
                events = [try record.event(of: replica)]
            }
        }
    }
}
