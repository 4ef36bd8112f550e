import Capsules
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite struct ProjectionTests {
    /// A type, its payload, and the state after it in the strict mode and in the full one.
    struct Step: Sendable {
        let type: String
        let payload: String
        let strict: String
        let full: String

        init(_ type: String, _ payload: String, _ strict: String, _ full: String? = nil) {
            (self.type, self.payload, self.strict, self.full) = (type, payload, strict, full ?? strict)
        }
    }

    /// Event number n has the time `2026-01-01T00:00:0n.000000Z`, written `Tn` here.
    static let stories: [[Step]] = [
        [],
        [
            Step(
                "installed", #"{"configuration":{"a":1}}"#,
                #"{"configuration":{"a":1},"installedAt":"T1","status":"active"}"#),
            Step(
                "configured", #"{"b":2,"a":null}"#,
                #"{"configuration":{"a":null,"b":2},"installedAt":"T1","status":"active"}"#),
            Step(
                "updated", #"{"newVersion":"2.0.0","oldVersion":"1.0.0"}"#,
                #"{"configuration":{"a":null,"b":2},"installedAt":"T1","lastUpdated":"T3","status":"active","version":"2.0.0"}"#
            ),
            Step(
                "error", #"{"error":"no"}"#,
                #"{"configuration":{"a":null,"b":2},"installedAt":"T1","lastUpdated":"T3","status":"active","version":"2.0.0"}"#
            ),
            Step(
                "accessed", "{}",
                #"{"configuration":{"a":null,"b":2},"installedAt":"T1","lastUpdated":"T3","status":"active","version":"2.0.0"}"#
            ),
            Step(
                "removed", #"{"version":"2.0.0"}"#,
                #"{"configuration":{"a":null,"b":2},"installedAt":"T1","lastUpdated":"T3","removedAt":"T6","status":"removed","version":"2.0.0"}"#
            ),
            Step(
                "installed", "{}",
                #"{"installedAt":"T7","lastUpdated":"T3","removedAt":"T6","status":"active","version":"2.0.0"}"#,
                #"{"installedAt":"T7","lastUpdated":"T3","status":"active","version":"2.0.0"}"#),
        ],
        [
            Step(
                "installed", #"{"version":"1.0.0"}"#, #"{"installedAt":"T1","status":"active"}"#,
                #"{"installedAt":"T1","status":"active","version":"1.0.0"}"#),
            Step(
                "rolled_back", #"{"newVersion":"0.9.0","oldVersion":"1.0.0"}"#,
                #"{"installedAt":"T1","status":"active"}"#,
                #"{"installedAt":"T1","lastUpdated":"T2","status":"active","version":"0.9.0"}"#),
            Step(
                "soft_removed", #"{"version":"0.9.0","until":"soon"}"#, #"{"installedAt":"T1","status":"active"}"#,
                #"{"installedAt":"T1","lastUpdated":"T2","removedAt":"T3","status":"soft_removed","until":"soon","version":"0.9.0"}"#
            ),
            Step(
                "restored", #"{"version":"0.9.0"}"#, #"{"installedAt":"T1","status":"active"}"#,
                #"{"installedAt":"T1","lastUpdated":"T2","status":"active","version":"0.9.0"}"#),
            Step(
                "soft_removed", #"{"until":"later"}"#, #"{"installedAt":"T1","status":"active"}"#,
                #"{"installedAt":"T1","lastUpdated":"T2","removedAt":"T5","status":"soft_removed","until":"later","version":"0.9.0"}"#
            ),
            Step(
                "removed", "{}", #"{"installedAt":"T1","removedAt":"T6","status":"removed"}"#,
                #"{"installedAt":"T1","lastUpdated":"T2","removedAt":"T6","status":"removed","version":"0.9.0"}"#),
        ],
        [Step("configured", #"{"a":1}"#, #"{"configuration":{"a":1}}"#)],
        [Step("published", #"{"version":"1.0.0"}"#, "{}"), Step("invented", "{}", "{}")],
    ]

    @Test(arguments: stories.indices) func eventsLeadToTheStatesOfTheSeed(_ index: Int) throws {
        let replica = try #require(ReplicaID("0123456789abcdef0123456789abcdef"))
        var events: [Event] = []
        for mode in Projection.allCases { #expect(mode.fold([]).isEmpty) }
        for (number, step) in Self.stories[index].enumerated() {
            let payload = try #require(try JSONParser.parse(step.payload).object)
            events.append(
                Event(
                    replica: replica, sequence: Int64(number + 1), stream: EventStream(try CapsuleID("a"), of: "acme"),
                    type: try #require(EventType(step.type)), payload: payload,
                    time: try #require(EventTime("2026-01-01T00:00:0\(number + 1)Z")), personal: [:]))
            for (mode, expected) in [(Projection.strict, step.strict), (.full, step.full)] {
                let text = JSONWriter.text(.object(mode.fold(events)), .canonical)
                    .replacing("2026-01-01T00:00:0", with: "T").replacing(".000000Z", with: "")
                #expect(text == expected, "\(mode) after \(step.type)")
            }
        }
    }

    @Test func aQueryTakesInItsFirstMomentAndTiesKeepTheirOrder() throws {
        let fixture = try EventFixture()
        let store = try fixture.store()
        let stream = try fixture.stream()
        // One append has one time.
        let both = try store.append([fixture.draft(1, in: stream), fixture.draft(2, in: stream)])
        let later = try store.append([fixture.draft(3, in: stream)])
        #expect(both[0].time == both[1].time)
        var query = EventQuery()
        query.since = both[0].time
        #expect(try fixture.events(query).map(\.sequence) == [1, 2, 3])
        query.since = EventTime(microseconds: both[0].time.microseconds + 1)
        #expect(try fixture.events(query).map(\.id) == (later[0].time >= query.since ?? .now() ? later.map(\.id) : []))
    }

    @Test(arguments: 1...4) func foldingInBatchesIsFoldingAtOnce(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (whole, parts) = (try EventFixture(), try EventFixture())
        let capsules = ["a", "a-b", "a.b", "b"]
        let types = EventType.known
        for _ in 0..<60 {
            let stream = try whole.stream(
                capsules.randomElement(using: &random) ?? "a", of: Bool.random(using: &random) ? "acme" : "other")
            let payload: JSONObject = [
                "newVersion": .string("1.\(Int.random(in: 0...9, using: &random)).0"),
                "configuration": ["k": .integer(Int64.random(in: 0...9, using: &random))],
            ]
            let type = try #require(types.randomElement(using: &random))
            let draft = EventDraft(type, in: stream, payload: payload)
            for fixture in [whole, parts] { try fixture.store().append([draft]) }
            if Int.random(in: 0..<7, using: &random) == 0 { try parts.store().fold() }
        }
        try whole.store().fold()
        try parts.store().fold()
        func states(_ fixture: EventFixture) throws -> [String: String] {
            var states: [String: String] = [:]
            for name in try fixture.git("ls-tree", "--name-only", "\(fixture.chain()):state").split(separator: "\n") {
                let text = try fixture.git("show", "\(fixture.chain()):state/\(name)")
                // The two were not appended at the same moment.
                states[String(name)] = text.replacing(/[0-9]{4}-[0-9-]+T[0-9:.]+Z/, with: "T")
            }
            return states
        }
        #expect(try states(whole) == states(parts))
        #expect(try Int(whole.git("rev-list", "--count", whole.chain())) == 1)
        #expect(try Int(parts.git("rev-list", "--count", parts.chain())) ?? 0 > 1)
        for fixture in [whole, parts] {
            #expect(try fixture.audit().findings == [])
            #expect(try fixture.git("fsck", "--strict") == "")
            #expect(try fixture.events().map(\.sequence) == Array(1...60))
            for capsule in capsules {
                // The blob, the journal's fold and the pure fold agree.
                for organization in ["acme", "other"] {
                    let stream = try fixture.stream(capsule, of: organization)
                    let own = try fixture.events().filter { $0.stream == stream }
                    let (state, version) = try fixture.store().state(of: stream)
                    #expect(JSONValue.object(state).means(.object(Projection.full.fold(own))))
                    #expect(version == own.last?.sequence ?? 0)
                }
            }
        }
    }
}
