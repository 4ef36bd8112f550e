package import Capsules

extension Event {
    /// The event's canonical line, without a line break.
    ///
    /// The members stand in their order, those of the payload in the bytewise order of their keys at every level.
    package var line: [UInt8] {
        Self.lineStart(sequence, of: replica) + lineRest
    }

    /// The line without what says its place in the chain.
    var lineRest: [UInt8] {
        let head = JSONWriter.bytes(
            [
                "capsuleId": .string(stream.capsule.string), "organizationId": .string(stream.organization),
                "eventType": .string(type.name),
            ])
        var tail: JSONObject = ["timestamp": .string(time.text)]
        for member in PersonalMember.allCases { tail[member.rawValue] = personal[member].map(JSONValue.string) }
        return head.dropFirst().dropLast() + Array(",\"payload\":".utf8)
            + JSONWriter.bytes(.object(payload), .canonical) + [UInt8(ascii: ",")]
            + JSONWriter.bytes(.object(tail)).dropFirst()
    }

    /// What a line starts with at a place of a replica's chain.
    static func lineStart(_ sequence: Int64, of replica: ReplicaID) -> [UInt8] {
        Array("{\"sequence\":\(sequence),\"id\":\"\(replica.string)-\(sequence)\",".utf8)
    }

    private static let members: Set<String> = Set(
        ["sequence", "id", "capsuleId", "organizationId", "eventType", "payload", "timestamp"]
            + PersonalMember.allCases.map(\.rawValue))

    /// Reads a canonical line of a replica's chain; throws in words why it is none.
    package init(line: some Collection<UInt8>, of replica: ReplicaID) throws(EventDefect) {
        let bytes = Array(line)
        guard bytes.count <= Self.lineLimit else { throw EventDefect("it has more than \(Self.lineLimit) bytes") }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes)
        } catch {
            throw EventDefect("it is not JSON: \(error.reason)")
        }
        guard case .object(let object) = value else { throw EventDefect("it is not an object") }
        try self.init(object, of: replica)
        guard self.line == bytes else { throw EventDefect("it is not in canonical form") }
    }

    private init(_ object: JSONObject, of replica: ReplicaID) throws(EventDefect) {
        func text(_ name: String) throws(EventDefect) -> String {
            guard let text = object[name]?.string else { throw EventDefect("\(name) is missing or not a string") }
            return text
        }
        for key in object.keys where !Self.members.contains(key) {
            throw EventDefect("it has the member \(key), which events don't have")
        }
        guard let sequence = object["sequence"]?.integer, (1...Self.lastSequence).contains(sequence) else {
            throw EventDefect("sequence is not a number from 1 to \(Self.lastSequence)")
        }
        guard try text("id").utf8.elementsEqual("\(replica.string)-\(sequence)".utf8) else {
            throw EventDefect("its id is not \(replica.string)-\(sequence)")
        }
        guard let capsule = try? CapsuleID(text("capsuleId")) else {
            throw EventDefect("capsuleId is not a capsule's id")
        }
        let organization = try text("organizationId")
        if let reason = EventStream.reason(againstOrganization: organization) { throw EventDefect(reason) }
        guard let type = try EventType(text("eventType")) else { throw EventDefect("eventType is not a type's name") }
        guard let payload = object["payload"]?.object else { throw EventDefect("payload is not an object") }
        guard let time = try EventTime(canonical: text("timestamp")) else {
            throw EventDefect("timestamp is not a time of the form 2026-11-21T09:12:00.123456Z")
        }
        var pseudonyms: [PersonalMember: String] = [:]
        for member in PersonalMember.allCases where object[member.rawValue] != nil {
            let pseudonym = try text(member.rawValue)
            guard PersonalData.isPseudonym(pseudonym) else {
                throw EventDefect("\(member.rawValue) is not a pseudonym")
            }
            pseudonyms[member] = pseudonym
        }
        self.init(
            replica: replica, sequence: sequence, stream: EventStream(capsule, of: organization), type: type,
            payload: payload, time: time, personal: pseudonyms)
    }
}

/// Why bytes are no event, in words that follow what they are.
package struct EventDefect: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason.
    package let description: String

    init(_ reason: String) { description = reason }
}
