package import Capsules
package import Objects

/// Says what the events of all copies of a workspace that are here lead to: a stream is the union of its events in every chain, in their
/// order by sequence and then by replica (`docs/events.md`, "Over several copies").
///
/// Where only one copy has events of a stream, they are not read: its state stands in that copy's chain. Calls block and need no lock.
package struct StateReader {
    private let workspace: Workspace
    private let projection: Projection

    /// Names the workspace, and how events are folded. Chains hold the states of ``Projection/full`` only: with the other, events are read.
    package init(_ workspace: Workspace, as projection: Projection = .full) {
        (self.workspace, self.projection) = (workspace, projection)
    }

    /// The states of the streams of a capsule and an organisation, or of all, by capsule and then by organisation, bytewise.
    package func states(of capsule: CapsuleID? = nil, organization: String? = nil) throws(AmxError) -> [StreamState] {
        var query = EventQuery()
        (query.capsule, query.organization) = (capsule, organization)
        var found: [EventStream: StreamState] = [:]
        switch projection {
        case .strict: found = try folded(query) { _ in true }
        case .full:
            let (kept, shared) = try stored(query)
            found = kept
            guard !shared.isEmpty else { break }
            if shared.count == 1, let stream = shared.first {
                (query.capsule, query.organization) = (stream.capsule, stream.organization)
            }
            found.merge(try folded(query) { shared.contains($0) }) { $1 }
        }
        return found.values.sorted { $0.stream < $1.stream }
    }

    /// The states that events themselves lead to.
    private func folded(
        _ query: EventQuery, _ isWanted: (EventStream) -> Bool
    ) throws(AmxError) -> [EventStream: StreamState] {
        var states: [EventStream: (last: String, state: JSONObject)] = [:]
        var reader = EventReader(workspace)
        try reader.read(query) { event in
            guard isWanted(event.stream) else { return }
            projection.apply(event, to: &states[event.stream, default: ("", JSONObject())].state)
            states[event.stream]?.last = event.id
        }
        var found: [EventStream: StreamState] = [:]
        for (stream, fold) in states {
            found[stream] = StreamState(stream: stream, lastEvent: fold.last, state: fold.state)
        }
        return found
    }

    /// The states that stand in chains, and the streams that several of them have.
    private func stored(
        _ query: EventQuery
    ) throws(AmxError) -> (states: [EventStream: StreamState], shared: Set<EventStream>) {
        var states: [EventStream: StreamState] = [:]
        var shared: Set<EventStream> = []
        func take(_ capsule: CapsuleID, _ document: StateDocument, of replica: ReplicaID) {
            for organization in document.organizations {
                guard let entry = document[organization],
                    query.organization.map({ $0.utf8.elementsEqual(organization.utf8) }) ?? true
                else { continue }
                let stream = EventStream(capsule, of: organization)
                if states[stream] != nil { shared.insert(stream) }
                states[stream] = StreamState(
                    stream: stream, lastEvent: "\(replica.string)-\(entry.sequence)", state: entry.state)
            }
        }
        // The journal before the chains: it goes on after the commit that it names, wherever the chain ends by now.
        let journal = try workspace.readJournal()
        var own: [CapsuleID: StateDocument] = [:]
        if let repository = try workspace.filesRepository() {
            let snapshot = try repository.refs.snapshot()
            if let journal, let head = journal.header.commit {
                let chain = EventChain(repository: repository, replica: journal.header.replica, head: head)
                for (capsule, document) in try chain.states(of: query.capsule) { own[capsule] = document }
            }
            for ref in snapshot.refs(withPrefix: ReplicaID.chainPrefix) {
                guard let replica = ReplicaID(chain: ref.name), replica != journal?.header.replica else { continue }
                let chain = EventChain(repository: repository, replica: replica, head: ref.id)
                for (capsule, document) in try chain.states(of: query.capsule) { take(capsule, document, of: replica) }
            }
            for ref in snapshot.refs(withPrefix: ReplicaID.formerPrefix) {
                guard let replica = ReplicaID(former: ref.name) else { continue }
                // What of it is left depends on other chains: only reading tells.
                let chain = EventChain(repository: repository, replica: replica, head: ref.id)
                for (capsule, document) in try chain.states(of: query.capsule) {
                    take(capsule, document, of: replica)
                    shared.formUnion(document.organizations.map { EventStream(capsule, of: $0) })
                }
            }
        }
        if let journal {
            for event in try journal.events(of: query) {
                own[event.stream.capsule, default: StateDocument()].apply(event)
            }
            for (capsule, document) in own { take(capsule, document, of: journal.header.replica) }
        }
        return (states, shared)
    }
}
