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

    /// The commit of a batch, unsigned. It has nobody's name: who acted stands in the events, as a pseudonym.
    ///
    /// `time` is the last event's, in seconds since 1970: the same events after the same batch make the same commit.
    static func commit(tree: ObjectID, after parents: [ObjectID], at time: Int64, message: String) -> Commit {
        let signature = Signature(name: "Amx", email: "events@localhost", time: time, offset: 0)
        return Commit(tree: tree, parents: parents, author: signature, committer: signature, message: message)
    }

    /// Whether a commit object's bytes are those of a commit, with or without a signature where git puts it.
    static func isSame(_ bytes: [UInt8], as commit: Commit) -> Bool {
        let wanted = commit.encoded
        let blank = wanted.indices.first { $0 > 0 && wanted[$0] == 0x0A && wanted[$0 - 1] == 0x0A } ?? wanted.endIndex
        let (start, end) = (wanted[..<blank], wanted[blank...])
        guard bytes.count >= wanted.count, bytes.starts(with: start), bytes.suffix(end.count).elementsEqual(end)
        else { return false }
        let lines = bytes[start.count..<(bytes.count - end.count)].split(separator: 0x0A)
        return (lines.first?.starts(with: Array("gpgsig ".utf8)) ?? true)
            && lines.dropFirst().allSatisfy { $0.first == 0x20 }
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
