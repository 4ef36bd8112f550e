import Capsules
import Glibc

/// Reads the lines of events as nearly all of them are: members whose texts are ASCII without escapes stand where they are expected, and
/// only the payload is parsed.
///
/// What it does not read may still be an event.
struct EventLine {
    private let bytes: [UInt8]
    private var position = 0
    private var end: Int

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count
    }

    /// The event of a replica that is written like this, exactly; nil for all other bytes.
    static func read(_ bytes: [UInt8], of replica: ReplicaID) -> Event? {
        var line = EventLine(bytes)
        return line.event(of: replica)
    }

    private mutating func event(of replica: ReplicaID) -> Event? {
        guard take("{\"sequence\":"), let sequence = number(), take(",\"id\":\""), take(replica.string), take("-"),
            number() == sequence, take("\",\"capsuleId\":\""), let capsule = text().flatMap({ try? CapsuleID($0) }),
            take(",\"organizationId\":\""), let organization = text(),
            EventStream.reason(againstOrganization: organization) == nil,
            take(",\"eventType\":\""), let type = text().flatMap({ EventType($0) }), take(",\"payload\":"),
            end > position, bytes[end - 1] == UInt8(ascii: "}")
        else { return nil }
        end -= 1
        var personal: [PersonalMember: String] = [:]
        for member in PersonalMember.allCases.reversed() {
            guard let pseudonym = last(member.rawValue, count: 35) else { continue }
            let text = String(decoding: pseudonym, as: UTF8.self)
            guard PersonalData.isPseudonym(text) else { return nil }
            if personal.isEmpty { personal.reserveCapacity(PersonalMember.allCases.count) }
            personal[member] = text
        }
        guard let time = last("timestamp", count: 27).flatMap({ EventTime(canonical: $0) }) else { return nil }
        let canonical = Array(bytes[position..<end])
        // One bracket of the line's own is open around it.
        guard let payload = try? JSONParser.parse(canonical, maximumDepth: 63).object,
            JSONWriter.bytes(.object(payload), .canonical) == canonical
        else { return nil }
        return Event(
            replica: replica, sequence: sequence, stream: EventStream(capsule, of: organization), type: type,
            payload: payload, time: time, personal: personal)
    }

    /// Goes past a text that stands here.
    private mutating func take(_ text: String) -> Bool {
        guard has(text, at: position) else { return false }
        position += text.utf8.count
        return true
    }

    /// Whether a text stands at a place.
    private func has(_ text: String, at place: Int) -> Bool {
        var text = text
        return text.withUTF8 { wanted in
            guard place <= end, end - place >= wanted.count else { return false }
            return bytes[place..<(place + wanted.count)].withUnsafeBytes {
                guard let found = $0.baseAddress, let wanted = wanted.baseAddress else { return true }
                return memcmp(found, wanted, $0.count) == 0
            }
        }
    }

    /// A sequence.
    private mutating func number() -> Int64? {
        var number: Int64 = 0
        let start = position
        while position < end, position - start < 16, (0x30...0x39).contains(bytes[position]) {
            number = number * 10 + Int64(bytes[position] & 15)
            position += 1
        }
        guard (1...Event.lastSequence).contains(number), bytes[start] != 0x30 else { return nil }
        return number
    }

    /// What stands before the next quotation mark, and goes past that.
    private mutating func text() -> String? {
        let start = position
        while position < end, bytes[position] != UInt8(ascii: "\"") {
            guard (0x20..<0x7F).contains(bytes[position]), bytes[position] != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        guard position < end else { return nil }
        position += 1
        return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
    }

    /// The text of that many bytes of the member that stands last, which then is no longer there; nil when it has another name.
    private mutating func last(_ name: String, count: Int) -> ArraySlice<UInt8>? {
        // `,"name":"text"`
        let start = end - count - name.utf8.count - 6
        guard start >= position, bytes[end - 1] == UInt8(ascii: "\""), has(",\"", at: start), has(name, at: start + 2),
            has("\":\"", at: end - count - 4)
        else { return nil }
        let text = bytes[(end - count - 1)..<(end - 1)]
        end = start
        return text
    }
}
