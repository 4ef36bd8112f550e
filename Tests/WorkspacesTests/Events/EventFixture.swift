import Capsules
import Foundation
import Glibc
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// A fresh workspace whose events are looked at.
struct EventFixture {
    let base: WorkspaceFixture
    var workspace: Workspace { base.workspace }
    var root: String { workspace.root }

    init() throws { base = try WorkspaceFixture() }

    func store() throws -> EventStore { try EventStore(workspace) }

    func stream(_ id: String = "refunds", of organization: String = "acme") throws -> EventStream {
        EventStream(try CapsuleID(id), of: organization)
    }

    /// Some event of a stream.
    func draft(
        _ number: Int, in stream: EventStream, expecting: ExpectedVersion = .any
    ) -> EventDraft {
        EventDraft(.configured, in: stream, payload: ["n": .integer(Int64(number))], expecting: expecting)
    }

    /// Appends that many events, to three streams in turn.
    @discardableResult
    func append(_ count: Int, from first: Int = 0) throws -> [Event] {
        let store = try store()
        let streams = [try stream(), try stream("billing"), try stream("refunds", of: "other")]
        return try (first..<(first + count)).flatMap { try store.append([draft($0, in: streams[$0 % 3])]) }
    }

    func events(_ query: EventQuery = EventQuery()) throws -> [Event] {
        var events: [Event] = []
        var reader = EventReader(workspace)
        try reader.read(query) { events.append($0) }
        return events
    }

    func audit() throws -> EventAudit.Report { try EventAudit(workspace).run() }

    @discardableResult
    func git(_ arguments: String..., input: String = "") throws -> String {
        try Tool.git(arguments, in: workspace.filesRepositoryPath, input: Array(input.utf8))
    }

    func chain() throws -> String {
        let replica = try #require(try workspace.replica())
        return replica.chain.string
    }
}

/// Parts of an event.
struct EventCase: Sendable {
    let organization: String
    let payload: JSONObject

    /// Those that no journal could take.
    static let illegal = [
        EventCase(organization: "", payload: JSONObject()), EventCase(organization: "a\n", payload: JSONObject()),
        EventCase(organization: "acme", payload: ["x": .string(String(repeating: "x", count: 256 << 10))]),
        EventCase(organization: "acme", payload: ["\0": 1]),
    ]
}
