import Capsules
import Objects

/// What a commit of a chain says about its batch (`docs/events.md`, "The chain").
struct EventBatch: Sendable, Hashable {
    /// The file of the batch's events.
    static let eventsFile = "events.ndjson"
    /// The folder of the states.
    static let stateFolder = "state"

    /// Whose events they are.
    let replica: ReplicaID
    /// The first event's sequence.
    let first: Int64
    /// The last event's sequence.
    let last: Int64
    /// What the content and all batches before give.
    let digest: SHA256Digest

    /// Describes a batch: the bytes of its events, the states that it changed by their file's name, and the digest before it.
    init(
        replica: ReplicaID, first: Int64, last: Int64, events: [UInt8], states: [(name: [UInt8], sha256: SHA256Digest)],
        after previous: SHA256Digest?
    ) {
        (self.replica, self.first, self.last) = (replica, first, last)
        let hasher = SHA256Hasher()
        hasher.update(Array("amx-events-v1".utf8) + [0])
        hasher.update(previous?.bytes ?? Array(repeating: 0, count: SHA256Digest.byteCount))
        hasher.update(SHA256Hasher.hash(of: events).bytes)
        for state in states.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            hasher.update(state.name + [0])
            hasher.update(state.sha256.bytes)
        }
        digest = hasher.finish()
    }

    /// The commit's message.
    var message: String {
        """
        Events \(first) to \(last)

        Events-Replica: \(replica.string)
        Events-First: \(first)
        Events-Last: \(last)
        Events-Digest: sha256:\(digest.hex)

        """
    }

    /// Reads the trailers of a message; nil when one is missing, stands twice, or is not what it should be.
    init?(message: String) {
        func value(_ key: String) -> String? {
            let values = Trailers.values(of: key, in: message)
            return values.count == 1 ? values.first : nil
        }
        guard let replica = value("Events-Replica").flatMap({ ReplicaID($0) }),
            let first = value("Events-First").flatMap({ Int64($0) }),
            let last = value("Events-Last").flatMap({ Int64($0) }), first > 0, first <= last,
            last <= Event.lastSequence,
            let text = value("Events-Digest"), text.hasPrefix("sha256:"),
            let digest = SHA256Digest(hex: text.dropFirst(7))
        else { return nil }
        (self.replica, self.first, self.last, self.digest) = (replica, first, last, digest)
    }
}
