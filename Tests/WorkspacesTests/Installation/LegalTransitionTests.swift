import Capsules
import Objects
import Testing

@testable import Workspaces

/// What the events of a capsule allow a command to do.
struct LegalTransitionTests {
    @Test func whatIsRemovedIsNotUpdated() throws {
        let fixture = try WorkspaceFixture()
        let workspace = fixture.workspace
        let id = try CapsuleID("refunds")
        // Nothing is known of it: not found, rather than illegal.
        try workspace.checkTransition(.update, of: id)
        let stream = EventStream(id, of: try workspace.organization())
        let store = try EventStore(workspace)
        try store.append([EventDraft(.installed, in: stream, payload: ["version": "1.0.0"])])
        try workspace.checkTransition(.update, of: id)
        #expect(throws: AmxError.self) { try workspace.checkTransition(.restore, of: id) }
        try store.append([EventDraft(.softRemoved, in: stream, payload: ["version": "1.0.0"])])
        try workspace.checkTransition(.restore, of: id)
        let error = try #require(throws: AmxError.self) { try workspace.checkTransition(.update, of: id) }
        #expect(error.code == .conflict && error.message == "cannot update refunds: it is soft_removed")
        #expect((error.cause as? IllegalTransition)?.legal == [.restore, .hardRemove])
        try store.append([EventDraft(.removed, in: stream)])
        #expect(throws: AmxError.self) { try workspace.checkTransition(.restore, of: id) }
    }
}
