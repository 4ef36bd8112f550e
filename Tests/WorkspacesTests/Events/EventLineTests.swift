import Capsules
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct EventLineTests {
    private static let replica = ReplicaID("0123456789abcdef0123456789abcdef")

    @Test func aLineIsCanonicalAndReadsBack() throws {
        let replica = try #require(Self.replica)
        let event = Event(
            replica: replica, sequence: 41, stream: EventStream(try CapsuleID("refunds"), of: "Acme \"North\""),
            type: .installed, payload: ["b": 1.5, "a": ["z": .null, "y": "\u{1}é"]],
            time: try #require(EventTime("2026-11-21T10:12:00.5+01:00")),
            personal: [
                .sessionID: "p1:00000000000000000000000000000001", .userID: "p1:0000000000000000000000000000000f",
            ])
        let text = String(decoding: event.line, as: UTF8.self)
        #expect(
            text == #"{"sequence":41,"id":"0123456789abcdef0123456789abcdef-41","capsuleId":"refunds","#
                + #""organizationId":"Acme \"North\"","eventType":"installed","payload":{"a":{"y":"\u0001é","z":null},"b":1.5},"#
                + #""timestamp":"2026-11-21T09:12:00.500000Z","userId":"p1:0000000000000000000000000000000f","#
                + #""sessionId":"p1:00000000000000000000000000000001"}"#)
        let read = try Event(line: event.line, of: replica)
        #expect(read.line == event.line)
        #expect(read.personal == event.personal)
    }

    @Test(arguments: [
        (#""sequence":1,"#, #""sequence":0,"#, "from 1"),
        (#""sequence":1,"#, #""sequence": 1,"#, "canonical"),
        (#""sequence":1,"#, #""sequence":1.0,"#, "from 1"),
        (#""sequence":1,"#, "", "sequence"),
        (#"-1","#, #"-2","#, "its id is not"),
        (#""refunds""#, #""Refunds""#, "capsule"),
        (#""acme""#, #""""#, "organisation"),
        (#""acme""#, #""a\u0007""#, "control"),
        (#""configured""#, #""Configured""#, "eventType"),
        (#"{"n":1}"#, "null", "payload"),
        (#"{"n":1}"#, #"{"n":1,"a":2}"#, "canonical"),
        (#"{"n":1}"#, #"{"n":1e0}"#, "canonical"),
        (#"{"n":1}"#, #"{"n":"\u0041"}"#, "canonical"),
        ("2026-11-21T09:12:00.000000Z", "2026-11-21T09:12:00Z", "timestamp"),
        ("2026-11-21T09:12:00.000000Z", "2026-02-30T09:12:00.000000Z", "timestamp"),
        ("00Z\"", "00Z\",\"x\":1", "member x"),
        ("00Z\"", "00Z\",\"userId\":\"ada@example.com\"", "pseudonym"),
        ("00Z\"}", "00Z\"} ", "canonical"),
        ("00Z\"}", "00Z\"", "not JSON"),
    ])
    func aLineThatIsNoneIsRefused(_ part: String, _ other: String, _ reason: String) throws {
        let replica = try #require(Self.replica)
        let good =
            #"{"sequence":1,"id":"0123456789abcdef0123456789abcdef-1","capsuleId":"refunds","organizationId":"acme","#
            + #""eventType":"configured","payload":{"n":1},"timestamp":"2026-11-21T09:12:00.000000Z"}"#
        _ = try Event(line: Array(good.utf8), of: replica)
        let bad = good.replacing(part, with: other)
        #expect(bad != good)
        let error = #expect(throws: EventDefect.self) { try Event(line: Array(bad.utf8), of: replica) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    /// What is read without parsing all of it is the same event, and of what is none nothing is read so.
    @Test(arguments: 1...4) func linesAreReadAlikeBothWays(_ seed: UInt64) throws {
        let replica = try #require(Self.replica)
        var random = SeededGenerator(seed: seed)
        let pseudonym = "p1:0123456789abcdef0123456789abcdef"
        let payloads: [JSONObject] = [
            [:], ["n": 1], ["a": ["b": ["c", 1.5, .null, false]], "é": "\u{1}\"\\"],
            ["timestamp": ",\"timestamp\":\"2026-11-21T09:12:00.123456Z\"", "userId": .string(pseudonym)],
        ]
        var quick = 0
        for round in 0..<400 {
            var personal: [PersonalMember: String] = [:]
            for member in PersonalMember.allCases where Bool.random(using: &random) { personal[member] = pseudonym }
            let event = Event(
                replica: replica, sequence: [1, 9, 10, 41, Event.lastSequence].randomElement(using: &random) ?? 1,
                stream: EventStream(
                    try CapsuleID("refunds"),
                    of: ["acme", "Globex Inc.", "Ac\"me", "ac\\me", "acmé"].randomElement(using: &random) ?? ""),
                type: EventType.known.randomElement(using: &random) ?? .error,
                payload: payloads.randomElement(using: &random) ?? [:],
                time: EventTime(
                    microseconds: .random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &random)),
                personal: personal)
            var line = event.line
            if round % 4 > 0 {
                for _ in 0...(round % 3) {
                    let place = Int.random(in: line.indices, using: &random)
                    let byte = Array("\"\\{},:0159aZ-. \u{1}\u{E9}".utf8).randomElement(using: &random) ?? 0
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: line[place] = byte
                    case 1: line.insert(byte, at: place)
                    default: line.remove(at: place)
                    }
                }
            }
            let parsed = try? Event(parsing: line, of: replica)
            if let read = EventLine.read(line, of: replica) {
                #expect(read == parsed, "\(String(decoding: line, as: UTF8.self))")
                #expect(read.line == line)
                quick += 1
            }
            if line == event.line {
                #expect(parsed == event)
                if event.stream.organization == "acme" { #expect(EventLine.read(line, of: replica) == event) }
            }
            #expect((try? Event(line: line, of: replica)) == parsed)
        }
        #expect(quick > 20)
    }

    @Test(arguments: [
        ("2026-11-21", "2026-11-21T00:00:00.000000Z"),
        ("2026-11-21T09:12:00Z", "2026-11-21T09:12:00.000000Z"),
        ("2026-11-21T09:12:00.1234567z", "2026-11-21T09:12:00.123456Z"),
        ("2026-11-21 09:12:00-00:30", "2026-11-21T09:42:00.000000Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ])
    func timesAreRead(_ text: String, _ canonical: String) throws {
        #expect(EventTime(text)?.text == canonical)
        #expect(EventTime(canonical: canonical)?.text == canonical)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-11-21T25:00:00Z", "2026-11-21T09:12:00", "2026-11-21T09:12:00.Z",
        "2026-11-21T09:12:00+1:00", "2026-11-21T09:12:00+24:00", "yesterday",
    ])
    func whatIsNoTimeIsRefused(_ text: String) { #expect(EventTime(text) == nil) }
}
