package import Capsules
import Glibc
package import Objects

/// Records what happens in this copy of a workspace, and says what it led to.
///
/// An event is durable when ``append(_:by:)`` returns. Any number of processes and threads append at once; an instance belongs to one
/// thread at a time, and its calls block. Needs no lock of the workspace, and may be called with or without it.
/// Source: `docs/events.md`.
package final class EventStore {
    /// How often a decision is made anew when others were faster.
    static let attempts = 16
    /// When the journal is folded into the chain by an append: this many events, bytes, or microseconds since the oldest.
    static let foldLimits = (events: 4096, bytes: 1 << 20, age: Int64(3_600_000_000))

    /// The workspace.
    package let workspace: Workspace
    let journal: Journal
    private var personalData: PersonalData

    /// Opens the journal's locks.
    package convenience init(_ workspace: Workspace) throws(AmxError) {
        try self.init(workspace, journal: Journal(workspace))
    }

    init(_ workspace: Workspace, journal: Journal) {
        self.workspace = workspace
        self.journal = journal
        personalData = PersonalData(workspace)
    }

    // MARK: Appending

    /// Appends events, all or none, one after the other, and returns them once they are durable.
    ///
    /// `.conflict` with a ``ConcurrencyConflict`` as its cause when a stream is not where its draft expects it; nothing is appended then.
    /// What fails later than that may have been recorded.
    @discardableResult
    package func append(_ drafts: [EventDraft], by actor: EventActor = .system) throws(AmxError) -> [Event] {
        guard !drafts.isEmpty else { return [] }
        do throws(AmxError) {
            return try appendNow(drafts, by: actor)
        } catch {
            throw AmxError(
                error.code, "Failed to append event: \(error.message)", hint: error.hint, cause: error.cause ?? error)
        }
    }

    /// Lets `body` decide from a stream's state what happens next, and appends it to that stream; when another event was
    /// faster, it decides again, up to sixteen times.
    @discardableResult
    package func append(
        to stream: EventStream, by actor: EventActor = .system,
        deciding body: (_ state: JSONObject, _ version: Int64) throws(AmxError) -> [(EventType, JSONObject)]
    ) throws(AmxError) -> [Event] {
        var attempt = 1
        while true {
            let (state, version) = try state(of: stream)
            var drafts = try body(state, version).map { EventDraft($0.0, in: stream, payload: $0.1) }
            guard let first = drafts.first else { return [] }
            drafts[0] = EventDraft(first.type, in: stream, payload: first.payload, expecting: .exactly(version))
            do throws(AmxError) {
                return try append(drafts, by: actor)
            } catch {
                guard error.cause is ConcurrencyConflict, attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }

    private func appendNow(_ drafts: [EventDraft], by actor: EventActor) throws(AmxError) -> [Event] {
        let personal = try personalData.pseudonyms(of: actor)
        // All that can be done before others have to wait.
        let time = EventTime.now()
        let rests = try drafts.map { (draft) throws(AmxError) in try Self.lineRest(of: draft, time, personal) }
        if drafts.contains(where: { $0.expected != .any }) { try journal.readAhead() }
        let ticket = try journal.append { file throws(AmxError) in
            for draft in drafts { try check(draft, in: file) }
            guard Event.lastSequence - file.end.sequence >= drafts.count else { throw Self.full(file.header.replica) }
            return try (opening(of: file, time) + rests).enumerated().map { index, rest in
                Event.lineStart(file.end.sequence + Int64(index) + 1, of: file.header.replica) + rest
            }
        }
        let replica = ticket.file.header.replica
        let events = zip(drafts, ticket.records.suffix(drafts.count)).map {
            $0.event(of: replica, at: $1.sequence, time, personal)
        }
        try journal.wait(for: ticket) { record, replica throws(AmxError) in try isFolded(record, of: replica) }
        foldIfDue(ticket.file)
        return events
    }

    /// Refuses what could not be kept as an event of an actor, whenever it is appended; what it expects is not looked at.
    static func check(_ draft: EventDraft, by actor: EventActor) throws(AmxError) {
        var personal: [PersonalMember: String] = [:]
        for (member, _) in actor.values { personal[member] = PersonalData.samplePseudonym }
        _ = try lineRest(of: draft, .now(), personal)
    }

    /// The line of what becomes an event, without its place, which reads back as the same event wherever that is.
    ///
    /// All but the organisation and the payload is of types that only have what a line can hold.
    private static func lineRest(
        of draft: EventDraft, _ time: EventTime, _ personal: [PersonalMember: String]
    ) throws(AmxError) -> [UInt8] {
        if let reason = EventStream.reason(againstOrganization: draft.stream.organization) {
            throw AmxError(.failure, reason, hint: "set another one with `amx config user.organization NAME`")
        }
        let payload = JSONWriter.bytes(.object(draft.payload), .canonical)
        let rest = Event.lineRest(draft.stream, draft.type, payload: payload, time, personal)
        var reason: String?
        if Event.longestLineStart + rest.count > Event.lineLimit {
            reason = "it has more than \(Event.lineLimit) bytes"
        } else {
            do {
                // One bracket of the line's own is open around it.
                _ = try JSONParser.parse(payload, maximumDepth: 63)
            } catch {
                reason = "it is not JSON: \(error.reason)"
            }
        }
        guard let reason else { return rest }
        throw AmxError(
            .failure, "the event \(draft.type.name) of \(draft.stream.capsule) cannot be kept: \(reason)",
            hint: "its payload has at most \(Event.lineLimit) bytes, 60 levels, and no key with a NUL")
    }

    /// The line, without its place, that comes before all others where this copy's id was lost and this is the new one's first append.
    private func opening(of file: JournalFile, _ time: EventTime) throws(AmxError) -> [[UInt8]] {
        guard file.end.sequence == 0, let mark = try workspace.replicaMark(), mark.replica == file.header.replica,
            let lost = mark.lost
        else { return [] }
        var payload: JSONObject = ["replica": .string(lost.string)]
        if let repository = try workspace.filesRepository(), let head = try repository.refs.snapshot()[lost.chain]?.id {
            let chain = EventChain(repository: repository, replica: lost, head: head)
            payload["lastSequence"] = .integer(try chain.last())
        }
        let stream = EventStream(try workspace.files().id, of: try workspace.organization())
        return [try Self.lineRest(of: EventDraft(.replicaLost, in: stream, payload: payload), time, [:])]
    }

    private static func full(_ replica: ReplicaID) -> AmxError {
        AmxError(
            .failure, "the chain \(replica.string) has \(Event.lastSequence) events, and can have no more",
            hint: "go on under a new id with `amx events --set-aside \(replica.string)`")
    }

    private func check(_ draft: EventDraft, in file: JournalFile) throws(AmxError) {
        guard case .exactly(let expected) = draft.expected else { return }
        let stream = draft.stream
        try file.readOn()
        let found = try version(of: stream, in: file)
        guard found != expected else { return }
        throw AmxError(
            .conflict,
            "ConcurrencyConflict: the events of \(stream.capsule) in \(stream.organization) are at \(found), not at \(expected)",
            hint:
                "something else happened meanwhile: look with `amx events \(stream.capsule)`, and run the command again",
            cause: ConcurrencyConflict(stream: stream, expected: expected, found: found))
    }

    /// Makes all that was written durable, also what a writer has left that was killed before its sync.
    func sync() throws(AmxError) {
        _ = try journal.durable { record, replica throws(AmxError) in try isFolded(record, of: replica) }
    }

    // MARK: States

    /// What a stream's events in this copy led to, and the sequence of the last of them, 0 for none.
    ///
    /// One blob of the chain and the journal are read, however many events there are.
    package func state(of stream: EventStream) throws(AmxError) -> (state: JSONObject, version: Int64) {
        let file = try workspace.readJournal(writtenToo: true)
        if file == nil {
            switch try workspace.eventLoss() {
            case nil, .both: break
            case let loss?: throw loss.error(in: workspace)
            }
        }
        var entry = try folded(stream, before: file)
        guard let file else { return (entry.state, entry.sequence) }
        for event in try file.events(of: EventQuery(stream)) {
            Projection.full.apply(event, to: &entry.state)
            entry.sequence = event.sequence
        }
        return (entry.state, entry.sequence)
    }

    private func version(of stream: EventStream, in file: JournalFile) throws(AmxError) -> Int64 {
        let needle = EventNeedle(stream)
        if let record = file.records.last(where: { needle.matches($0.line) }) { return record.sequence }
        return try folded(stream, before: file).sequence
    }

    /// Where the chain has a stream at the commit that the journal goes on after.
    private func folded(_ stream: EventStream, before file: JournalFile?) throws(AmxError) -> StateDocument.Entry {
        let none = StateDocument.Entry(sequence: 0, state: JSONObject())
        let chain: EventChain?
        if let file {
            let repository = try workspace.filesRepository()
            chain = repository.flatMap { repository in
                file.header.commit.map { commit in
                    EventChain(repository: repository, replica: file.header.replica, head: commit)
                }
            }
        } else {
            chain = try self.chain()
        }
        return try chain?.state(stream.capsule)[stream.organization] ?? none
    }

    // MARK: The chain

    /// This copy's chain; nil before anything was folded.
    func chain() throws(AmxError) -> EventChain? {
        guard let replica = try workspace.replica(), let repository = try workspace.filesRepository(),
            let head = try repository.refs.snapshot()[replica.chain]
        else { return nil }
        return EventChain(repository: repository, replica: replica, head: head.id)
    }

    /// Whether a record of a replica's journal is in its chain, which may have been put aside since.
    func isFolded(_ record: JournalRecord, of replica: ReplicaID) throws(AmxError) -> Bool {
        guard let repository = try workspace.filesRepository() else { return false }
        let snapshot = try repository.refs.snapshot()
        let former = snapshot.refs(withPrefix: "\(ReplicaID.formerPrefix)\(replica.string)/")
        for ref in [snapshot[replica.chain]].compactMap({ $0 }) + former {
            let chain = EventChain(repository: repository, replica: replica, head: ref.id)
            if try chain.contains(record) { return true }
        }
        return false
    }
}

extension Workspace {
    /// The journal of this copy, as ``Journal/read(_:writtenToo:)``; one that came with a copied directory is none, and neither is one that
    /// is lost. Changes nothing.
    func readJournal(writtenToo: Bool = false) throws(AmxError) -> JournalFile? {
        do throws(AmxError) {
            guard let file = try Journal.read(self, writtenToo: writtenToo), try file.header.replica == replica() else {
                return nil
            }
            return file
        } catch {
            if case .journal = try eventLoss() { return nil }
            throw error
        }
    }

    /// The repository of the workspace's own files; nil before it has one.
    func filesRepository() throws(AmxError) -> Repository? {
        guard Directory.isDirectory(filesRepositoryPath) else { return nil }
        return try Repository(opening: filesRepositoryPath)
    }

    /// The repository of the workspace's own files, which is made when there is none; another process may make it at the same moment.
    func filesRepositoryOrNew() throws(AmxError) -> Repository {
        if let repository = try filesRepository() { return repository }
        do throws(AmxError) {
            return try Repository.create(at: filesRepositoryPath)
        } catch {
            guard error.code == .conflict else { throw error }
            return try Repository(opening: filesRepositoryPath)
        }
    }

    /// Whose events are recorded here: `user.organization`, else the owner of the default remote, else the workspace's name.
    package func organization() throws(AmxError) -> String {
        if let entry = try Settings(self).value(SettingKey("user.organization")) { return entry.value }
        if let remote = try? defaultRemote(), remote.url.contains("://") {
            let owner = Directory.name(of: remote.url.hasSuffix("/") ? String(remote.url.dropLast()) : remote.url)
            if let owner = try? OwnerName(owner) { return owner.string }
        }
        return try files().id.string
    }
}
