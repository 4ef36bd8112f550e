import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// States over several copies of a workspace, held against folding all their events.
@Suite struct StateReaderTests {
    /// Copies of one workspace, each with its own chain, the first of which has them all.
    private struct Copies {
        let all: [EventFixture]
        var workspace: Workspace { all[0].workspace }

        init(_ count: Int) throws { all = try (0..<count).map { _ in try EventFixture() } }

        /// Brings the chains of the others, as far as they are folded, into the first.
        func gather() throws {
            for other in all.dropFirst() where try other.workspace.replica() != nil {
                try other.store().fold()
                let ref = try other.chain()
                _ = try workspace.filesRepositoryOrNew()
                try all[0].git("fetch", "-q", other.workspace.filesRepositoryPath, "\(ref):\(ref)")
            }
        }

        /// What folding events one after the other gives, by sequence and then by replica.
        func expected(_ projection: Projection) throws -> [StreamState] {
            var events: [Event] = []
            for copy in all { events += try copy.events().filter { try $0.replica == copy.workspace.replica() } }
            events.sort { ($0.sequence, $0.replica.string) < ($1.sequence, $1.replica.string) }
            var streams: [EventStream: [Event]] = [:]
            for event in events { streams[event.stream, default: []].append(event) }
            return streams.map { stream, events in
                StreamState(stream: stream, lastEvent: events[events.count - 1].id, state: projection.fold(events))
            }.sorted {
                ($0.stream.capsule.string, $0.stream.organization) < ($1.stream.capsule.string, $1.stream.organization)
            }
        }
    }

    private func text(_ states: [StreamState]) -> [String] {
        states.map {
            "\($0.stream.capsule) \($0.stream.organization) \($0.lastEvent) "
                + JSONWriter.text(.object($0.state), .canonical)
        }
    }

    @Test(arguments: 1...6) func areWhatFoldingTheUnionGives(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let copies = try Copies(Int.random(in: 1...3, using: &random))
        for number in 0..<40 {
            let copy = copies.all.randomElement(using: &random) ?? copies.all[0]
            // Some capsules are of one copy only.
            let own = copies.all.firstIndex { $0.root == copy.root } ?? 0
            let stream = try copy.stream(
                ["a", "a.b", "own-\(own)"].randomElement(using: &random) ?? "a",
                of: Bool.random(using: &random) ? "acme" : "other")
            let type = EventType.known.randomElement(using: &random) ?? .accessed
            let payload: JSONObject = [
                "version": .string("1.\(number).0"), "newVersion": .string("2.\(number).0"),
                "configuration": ["n": .integer(Int64(number))], "until": .string("T\(number)"),
            ]
            try copy.store().append([EventDraft(type, in: stream, payload: payload)])
            if Int.random(in: 0..<6, using: &random) == 0 { try copy.store().fold() }
        }
        try copies.gather()
        for projection in Projection.allCases {
            let reader = StateReader(copies.workspace, as: projection)
            let expected = try copies.expected(projection)
            #expect(text(try reader.states()) == text(expected), "\(projection)")
            for state in expected {
                let (capsule, organization) = (state.stream.capsule, state.stream.organization)
                #expect(text(try reader.states(of: capsule, organization: organization)) == text([state]))
                let both = expected.filter { $0.stream.capsule == capsule }
                #expect(text(try reader.states(of: capsule)) == text(both))
            }
            #expect(try reader.states(of: CapsuleID("nothing")) == [])
            #expect(try reader.states(organization: "nobody") == [])
        }
    }

    @Test func laterEventsOfALowerSequenceComeBefore() throws {
        let copies = try Copies(2)
        let stream = try copies.all[0].stream()
        for version in ["1.0.0", "1.1.0"] {
            try copies.all[0].store().append(
                [EventDraft(.updated, in: stream, payload: ["newVersion": .string(version)])])
        }
        // Happened last, and stands first in its own copy: the clock orders nothing.
        try copies.all[1].store().append(
            [EventDraft(.updated, in: stream, payload: ["newVersion": .string("9.0.0")])])
        try copies.all[1].store().fold()
        try copies.gather()
        let states = try StateReader(copies.workspace).states()
        #expect(states.map { $0.state["version"]?.string } == ["1.1.0"])
        #expect(states.map { $0.lastEvent.hasSuffix("-2") } == [true])
    }

    @Test func whatWasPutAsideCounts() throws {
        let fixture = try EventFixture()
        let (shared, other) = (try fixture.stream(), try fixture.stream("billing"))
        let first: JSONObject = ["version": .string("1.0.0")]
        let installed = try fixture.store().append([EventDraft(.installed, in: shared, payload: first)])[0]
        try fixture.store().setAside(#require(try fixture.workspace.replica()))
        let configured = try fixture.store().append([
            EventDraft(.configured, in: shared, payload: ["a": .integer(1)])
        ])[0]
        let last = try fixture.store().append([EventDraft(.installed, in: other, payload: first)])[0]
        // Both are their chain's first event: the replica decides, and what is installed later has no configuration.
        let isInOrder = installed.replica.string < configured.replica.string
        var state: JSONObject = [
            "status": "active", "version": "1.0.0", "installedAt": .string(installed.time.text),
        ]
        if isInOrder { state["configuration"] = ["a": .integer(1)] }
        let expected = [
            StreamState(
                stream: other, lastEvent: last.id,
                state: ["status": "active", "version": "1.0.0", "installedAt": .string(last.time.text)]),
            StreamState(stream: shared, lastEvent: isInOrder ? configured.id : installed.id, state: state),
        ]
        for _ in 0..<2 {
            #expect(text(try StateReader(fixture.workspace).states()) == text(expected))
            try fixture.store().fold()
        }
    }

    @Test func aFilteredReaderPassesOverAllOthersOnce() throws {
        let fixture = try EventFixture()
        try fixture.append(9)
        try fixture.store().fold()
        try fixture.append(6, from: 9)
        var query = EventQuery(try fixture.stream())
        var reader = EventReader(fixture.workspace)
        func read() throws -> [Int64] {
            var found: [Int64] = []
            try reader.read(query) { found.append($0.sequence) }
            return found
        }
        #expect(try read() == [1, 4, 7, 10, 13])
        #expect(try read() == [])
        query.organization = nil
        try fixture.append(3, from: 15)
        try fixture.store().fold()
        #expect(try read() == [16, 18])
    }
}
