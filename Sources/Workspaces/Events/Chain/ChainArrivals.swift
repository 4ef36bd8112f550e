package import Capsules
package import Objects

/// Which remote each chain of another copy came from first, as far as this copy has seen it: `.aimatrix/arrivals`.
///
/// Canonical JSON: `{"<replica>":{"location":"https://…","remote":"origin","time":"2026-11-21T09:12:00.000000Z"}}`. Nothing is decided by
/// it: it is told by `amx audit`.
package struct ChainArrivals: Sendable, Hashable {
    /// How a chain has come.
    package struct Arrival: Sendable, Hashable {
        /// The remote's name.
        package let remote: String
        /// Where it was.
        package let location: String
        /// When it came.
        package let time: EventTime
    }

    private let path: String
    /// The arrivals by the chain's replica.
    package private(set) var arrivals: [ReplicaID: Arrival] = [:]

    /// Reads what was noted; what cannot be read is as if it had not been.
    package init(_ workspace: Workspace) throws(AmxError) {
        path = "\(workspace.metadata)/arrivals"
        guard let bytes = try FileContent.read(path, limit: 1 << 26), let object = try? JSONParser.parse(bytes).object
        else { return }
        for member in object.members {
            guard let replica = ReplicaID(member.key), let remote = member.value["remote"]?.string,
                let location = member.value["location"]?.string,
                let time = member.value["time"]?.string.flatMap({ EventTime($0) })
            else { continue }
            arrivals[replica] = Arrival(remote: remote, location: location, time: time)
        }
    }

    /// Takes in chains that have come, durably; the first time counts.
    fileprivate mutating func note(_ replicas: [ReplicaID], _ arrival: Arrival) throws(AmxError) {
        for replica in replicas { arrivals[replica] = arrivals[replica] ?? arrival }
        let members = arrivals.map { replica, arrival -> (String, JSONValue) in
            (
                replica.string,
                [
                    "location": .string(arrival.location), "remote": .string(arrival.remote),
                    "time": .string(arrival.time.text),
                ]
            )
        }
        try AtomicFile.write(JSONWriter.bytes(.object(JSONObject(members)), .canonicalPretty), to: path)
    }
}

extension Workspace {
    /// Notes that a remote has chains of other copies, unless it is known already where they have come from.
    package func noteArrivals(of replicas: [ReplicaID], from remote: String, at location: String) throws(AmxError) {
        let own = try replica()
        let others = replicas.filter { $0 != own }
        func new() throws(AmxError) -> (ChainArrivals, [ReplicaID]) {
            let known = try ChainArrivals(self)
            return (known, others.filter { known.arrivals[$0] == nil })
        }
        guard !others.isEmpty, try !new().1.isEmpty else { return }
        try BriefLock(journalFoldPath).hold("cannot note where events have come from", timeout: 60) {
            () throws(AmxError) in
            // Another process may have been faster.
            var (known, unknown) = try new()
            guard !unknown.isEmpty else { return }
            try known.note(unknown, .init(remote: remote, location: location, time: .now()))
        }
    }
}
