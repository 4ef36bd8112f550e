import Capsules
import Objects

/// The projected states of one capsule, by organisation: the content of `state/<capsule-id>.json` in a commit of a chain.
struct StateDocument: Sendable, Hashable {
    /// Where one stream is.
    struct Entry: Sendable, Hashable {
        /// The sequence of the stream's last event in this replica.
        var sequence: Int64
        /// What its events lead to.
        var state: JSONObject
    }

    /// The streams by the bytes of their organisation: names that only look alike are two.
    private var entries: [[UInt8]: Entry] = [:]

    /// A capsule without events.
    init() {}

    /// Where an organisation's stream is; nil before its first event.
    subscript(organization: String) -> Entry? { entries[Array(organization.utf8)] }

    /// The organisations with a stream, in bytewise order.
    var organizations: [String] {
        entries.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Takes in the next event of this capsule.
    mutating func apply(_ event: Event) {
        var entry = self[event.stream.organization] ?? Entry(sequence: 0, state: JSONObject())
        entry.sequence = event.sequence
        Projection.full.apply(event, to: &entry.state)
        entries[Array(event.stream.organization.utf8)] = entry
    }

    /// Canonical JSON and a line break: equal states are equal bytes.
    var encoded: [UInt8] {
        let members = entries.map { organization, entry -> (String, JSONValue) in
            (
                String(decoding: organization, as: UTF8.self),
                ["sequence": .integer(entry.sequence), "state": .object(entry.state)]
            )
        }
        return JSONWriter.bytes(.object(JSONObject(members)), .canonical) + [0x0A]
    }

    /// Reads the form of ``encoded``, in any layout.
    init(parsing bytes: [UInt8], name: String) throws(AmxError) {
        guard let object = try? JSONParser.parse(bytes).object else { throw Self.damaged(name) }
        for member in object.members {
            guard let sequence = member.value["sequence"]?.integer, let state = member.value["state"]?.object else {
                throw Self.damaged(name)
            }
            entries[Array(member.key.utf8)] = Entry(sequence: sequence, state: state)
        }
    }

    private static func damaged(_ name: String) -> AmxError {
        AmxError(
            .verification, "the state of \(name) in the event chain is damaged",
            hint: "run `amx audit` to see since when, and `amx fsck`")
    }

    /// The file of a capsule, below `state/`.
    static func fileName(_ capsule: CapsuleID) -> String { "\(capsule).json" }

    /// The capsule of a file below `state/`; nil when its name is no capsule's.
    static func capsule(fileName name: [UInt8]) -> CapsuleID? {
        guard name.suffix(5).elementsEqual(".json".utf8) else { return nil }
        return try? CapsuleID(String(decoding: name.dropLast(5), as: UTF8.self))
    }
}
