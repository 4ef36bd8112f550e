import Capsules
import Objects
import TestSupport
import Testing

@testable import Workspaces

@Suite("Approvals of runs") struct RunApprovalsTests {
    private let fixture: WorkspaceFixture
    private let now = EventTime(microseconds: 1_800_000_000_000_000)

    init() throws { fixture = try WorkspaceFixture() }

    private func subject(
        _ tool: String? = "t", digest: Character = "a", input: JSONValue = ["x": 1],
        _ level: SecurityLevel = .restricted
    ) throws -> RunSubject {
        RunSubject(
            try CapsuleID("c"), digest: try #require(ContentDigest("sha256:" + String(repeating: digest, count: 64))),
            tool: tool, input: input, level: level)
    }

    private func later(_ seconds: Int64) -> EventTime {
        EventTime(microseconds: now.microseconds + seconds * 1_000_000)
    }

    @Test func countForExactlyOneThingAndTime() throws {
        var approvals = try RunApprovals(fixture.workspace)
        let wish = approvals.ask(try subject(), by: "ada", at: now)
        #expect(approvals.ask(try subject(), by: "ADA", at: later(5)) == wish)
        #expect(approvals.ask(try subject(), by: "eve", at: later(5)) != wish)
        #expect(approvals.approval(of: try subject(), by: "ada", at: now) == nil)
        let given = try approvals.approve(wish.id, by: "bob", isAdmin: false, seconds: 60, at: now)
        #expect(approvals.approval(of: try subject(), by: "ada", at: later(59)) == given)
        #expect(approvals.approval(of: try subject(), by: "ada", at: later(60)) == nil)
        // The input counts by what it says, not by how it is written.
        #expect(approvals.approval(of: try subject(input: ["x": 1]), by: "ada", at: later(1)) == given)
        for other in [
            try subject("u"), try subject(nil), try subject(digest: "b"), try subject(input: ["x": 2]),
            try subject(.dangerous),
        ] {
            #expect(approvals.approval(of: other, by: "ada", at: later(1)) == nil)
        }
        #expect(approvals.approval(of: try subject(), by: "Bob", at: later(1)) == nil)
    }

    private func subject(_ level: SecurityLevel) throws -> RunSubject { try subject("t", level) }

    @Test func nobodyApprovesTheirOwn() throws {
        var approvals = try RunApprovals(fixture.workspace)
        let wish = approvals.ask(try subject(.dangerous), by: "ada", at: now)
        for (user, isAdmin) in [("ada", true), ("ADA", true), ("bob", false)] {
            let error = #expect(throws: AmxError.self) {
                try approvals.approve(wish.id, by: user, isAdmin: isAdmin, at: now)
            }
            #expect(error?.code == .denied)
        }
        _ = try approvals.approve(wish.id, by: "bob", isAdmin: true, at: now)
        #expect(approvals.approval(of: try subject(.dangerous), by: "ada", at: later(3_599)) != nil)
        #expect(approvals.approval(of: try subject(.dangerous), by: "ada", at: later(3_600)) == nil)
        let again = #expect(throws: AmxError.self) { try approvals.deny(wish.id, by: "bob", at: now) }
        #expect(again?.code == .conflict)
        let none = #expect(throws: AmxError.self) { try approvals.deny("x", by: "bob", at: now) }
        #expect(none?.code == .notFound)
    }

    @Test func areKeptAndRead() throws {
        var approvals = try RunApprovals(fixture.workspace)
        let ids = try (0..<3).map { approvals.ask(try subject("t\($0)"), by: "ada", at: now).id }
        _ = try approvals.approve(ids[0], by: "bob", isAdmin: false, at: now)
        _ = try approvals.deny(ids[1], by: "bob", reason: "no", at: now)
        try approvals.write()
        let path = fixture.workspace.metadata + "/run-approvals.json"
        #expect(try RunApprovals(fixture.workspace) == approvals)
        for _ in 0..<1_100 {
            _ = approvals.ask(try subject(input: .string(ids.randomElement() ?? "")), by: "eve", at: now)
        }
        #expect(approvals.all.count <= 1_000)
        try AtomicFile.write(Array("{}".utf8), to: path)
        let error = #expect(throws: AmxError.self) { try RunApprovals(fixture.workspace) }
        #expect(error?.code == .verification)
    }
}
