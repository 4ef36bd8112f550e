package import Capsules

/// One thing that happened to a capsule in one copy of a workspace (row A-101; `docs/events.md`, "An event").
package struct Event: Sendable, Hashable {
    /// The longest line, in bytes, without its line break.
    package static let lineLimit = 256 << 10

    /// The greatest sequence: what JSON readers of every kind take as it is, and far from where arithmetic ends.
    package static let lastSequence: Int64 = 1 << 53

    /// The copy of the workspace in which it happened.
    package let replica: ReplicaID
    /// The place in that replica's chain, from 1 to ``lastSequence``, without gaps.
    package let sequence: Int64
    /// Whose event it is.
    package let stream: EventStream
    /// What happened.
    package let type: EventType
    /// What the type says about it.
    package let payload: JSONObject
    /// When the store took it.
    package let time: EventTime
    /// Pseudonyms, each with its member's name, in the order of the line.
    package let personal: [PersonalMember: String]

    /// The unique id.
    package var id: String { "\(replica.string)-\(sequence)" }

    /// The members in the order of the line.
    package var object: JSONObject {
        var members: [(String, JSONValue)] = [
            ("sequence", .integer(sequence)), ("id", .string(id)), ("capsuleId", .string(stream.capsule.string)),
            ("organizationId", .string(stream.organization)), ("eventType", .string(type.name)),
            ("payload", .object(payload)), ("timestamp", .string(time.text)),
        ]
        for member in PersonalMember.allCases {
            if let pseudonym = personal[member] { members.append((member.rawValue, .string(pseudonym))) }
        }
        return JSONObject(members)
    }
}

/// The members of an event that tell about a person.
package enum PersonalMember: String, Sendable, Hashable, CaseIterable {
    case userID = "userId"
    case ipAddress
    case userAgent
    case sessionID = "sessionId"
}
