package import Capsules

extension Event {
    /// The event's canonical line, without a line break.
    ///
    /// The members stand in their order, those of the payload in the bytewise order of their keys at every level.
    package var line: [UInt8] {
        Self.lineStart(sequence, of: replica)
            + Self.lineRest(stream, type, payload: JSONWriter.bytes(.object(payload), .canonical), time, personal)
    }

    /// A line without what says its place in the chain, of a payload in canonical form.
    static func lineRest(
        _ stream: EventStream, _ type: EventType, payload: [UInt8], _ time: EventTime,
        _ personal: [PersonalMember: String]
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512 + payload.count)
        line.append(member: "capsuleId", stream.capsule.string)
        line.append(UInt8(ascii: ","))
        line.append(member: "organizationId", stream.organization)
        line.append(UInt8(ascii: ","))
        line.append(member: "eventType", type.name)
        line += ",\"payload\":".utf8
        line += payload
        line += ",\"timestamp\":\"".utf8
        line += time.bytes
        line.append(UInt8(ascii: "\""))
        for member in PersonalMember.allCases {
            guard let pseudonym = personal[member] else { continue }
            line.append(UInt8(ascii: ","))
            line.append(member: member.rawValue, pseudonym)
        }
        line.append(UInt8(ascii: "}"))
        return line
    }

    /// What a line starts with at a place of a replica's chain.
    static func lineStart(_ sequence: Int64, of replica: ReplicaID) -> [UInt8] {
        let digits = String(sequence).utf8
        var line: [UInt8] = []
        // Room for the rest of most lines.
        line.reserveCapacity(512)
        line += "{\"sequence\":".utf8
        line += digits
        line += ",\"id\":\"".utf8
        line += replica.string.utf8
        line.append(UInt8(ascii: "-"))
        line += digits
        line += "\",".utf8
        return line
    }

    /// The length of the longest start of a line.
    static let longestLineStart = 86

    private static let members: Set<String> = Set(
        ["sequence", "id", "capsuleId", "organizationId", "eventType", "payload", "timestamp"]
            + PersonalMember.allCases.map(\.rawValue))

    /// Reads a canonical line of a replica's chain; throws in words why it is none.
    package init(line: some Collection<UInt8>, of replica: ReplicaID) throws(EventDefect) {
        let bytes = Array(line)
        guard bytes.count <= Self.lineLimit else { throw EventDefect("it has more than \(Self.lineLimit) bytes") }
        if let event = EventLine.read(bytes, of: replica) {
            self = event
        } else {
            try self.init(parsing: bytes, of: replica)
        }
    }

    /// Does the same for any line, slower.
    init(parsing bytes: [UInt8], of replica: ReplicaID) throws(EventDefect) {
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

extension [UInt8] {
    /// Appends a member of a JSON object.
    fileprivate mutating func append(member name: String, _ text: String) {
        append(UInt8(ascii: "\""))
        self += name.utf8
        self += "\":".utf8
        var text = text
        let isPlain = text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                return false
            }
            append(UInt8(ascii: "\""))
            append(contentsOf: bytes)
            append(UInt8(ascii: "\""))
            return true
        }
        if !isPlain { self += JSONWriter.bytes(.string(text)) }
    }
}

/// Why bytes are no event, in words that follow what they are.
package struct EventDefect: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason.
    package let description: String

    init(_ reason: String) { description = reason }
}
