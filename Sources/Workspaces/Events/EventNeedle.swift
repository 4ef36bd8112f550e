import Capsules

/// Finds the lines of a capsule's or a stream's events without reading them: their members stand in one order, and what comes before the
/// capsule has a length that is known.
struct EventNeedle {
    private let bytes: [UInt8]

    /// Describes lines of a capsule, and of an organisation if one is given.
    init(_ capsule: CapsuleID, of organization: String? = nil) {
        var members: [(String, JSONValue)] = [("capsuleId", .string(capsule.string))]
        if let organization { members.append(("organizationId", .string(organization))) }
        bytes = JSONWriter.bytes(.object(JSONObject(members))).dropFirst().dropLast() + [UInt8(ascii: ",")]
    }

    init(_ stream: EventStream) { self.init(stream.capsule, of: stream.organization) }

    /// What a query names; nil when it asks for every capsule.
    init?(_ query: EventQuery) {
        guard let capsule = query.capsule else { return nil }
        self.init(capsule, of: query.organization)
    }

    /// Whether a canonical line is one of these; of what is no such line, nothing is said.
    func matches(_ line: some Collection<UInt8>) -> Bool {
        let rest = line.dropFirst(Self.sequence)
        let digits = rest.prefix(20).prefix { (0x30...0x39).contains($0) }.count
        // The number, `,"id":"`, the replica, a hyphen, the number, `",`.
        return rest.dropFirst(digits + 7 + ReplicaID.digits + 1 + digits + 2).starts(with: bytes)
    }

    /// The bytes of `{"sequence":`.
    private static let sequence = 12
}
