import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// A process that was killed in the middle of an operation: the next one ends it, once.
@Suite struct OperationRecoveryTests {
    /// Sub-steps of an operation, each with all before it, as a process leaves them that is killed behind it.
    enum Step: Int, CaseIterable, Sendable {
        case note, arrival, firstForm, allForms, departure, documents, approvals, events, log
    }

    /// An update under way: `b` moves, `c` comes and is approved, `a` goes, and both documents change.
    private static func prepared() throws -> (OperationFixture, WorkspaceOperation) {
        let fixture = try OperationFixture()
        for id in ["a", "b", "c"] { try fixture.bring(id) }
        try fixture.perform(fixture.operation(.add, ["a 1.0.0", "b 1.0.0"], requires: ["a"]))
        var operation = try fixture.operation(.update, ["b 2.0.0", "c 1.0.0"], requires: ["b", "c"])
        let manifest = try LifecycleFixture.manifest("1.0.0", #""hooks": {"postInstall": "b.js"}"#, id: "c")
        let digest = LifecycleFixture.digest("c")
        operation.approvals = ApprovalChange(
            [Approval(of: manifest, digest: digest)],
            hooks: PendingHook.of(manifest, digest: digest, on: .installation), of: [manifest.id])
        return (fixture, operation)
    }

    /// Killed after any number of microseconds, the state is the old one or the new one, and what is recorded fits it.
    @Test func killedAtAnyMomentItIsOldOrNew() throws {
        let (model, modelOperation) = try Self.prepared()
        try model.perform(modelOperation)
        let (newForms, newRecord) = (Array(try model.state().dropFirst(2)), try model.record())
        var (isOld, isNew) = (0, 0)
        for (index, moment) in WorkspaceFixture.moments.enumerated() where index % 2 == 0 {
            let (fixture, operation) = try Self.prepared()
            let (state, record) = (try fixture.state(), try fixture.record())
            try fixture.base.kill(after: moment) { try fixture.perform(operation) }
            fixture.workspace.settle()
            if try fixture.state() == state {
                isOld += 1
                #expect(try fixture.record() == record, "after \(moment) microseconds")
                try fixture.perform(operation)
            } else {
                isNew += 1
            }
            for _ in 0..<2 {
                #expect(try Array(fixture.state().dropFirst(2)) == newForms, "after \(moment) microseconds")
                #expect(try fixture.record() == newRecord, "after \(moment) microseconds")
                fixture.workspace.settle()
                try fixture.workspace.write { () throws(AmxError) in }
                try fixture.check()
            }
        }
        #expect(isOld > 0 && isNew > 0, "\(isOld) \(isNew)")
    }

    /// Each sub-step by itself, done or not: the note brings all of them to the end, once, however often it is read.
    @Test(arguments: Step.allCases)
    func theNoteBringsItToItsEnd(_ last: Step) throws {
        let (fixture, operation) = try Self.prepared()
        let workspace = fixture.workspace
        // The note and the log's commit as a run writes them, taken from a run in a copy.
        let (model, modelOperation) = try Self.prepared()
        try model.perform(modelOperation)
        let record = try model.record()
        let (b, c) = (try CapsuleID("b"), try CapsuleID("c"))
        let log = OperationLog(workspace)
        let organization = try workspace.organization()
        let store = try EventStore(workspace)
        var note = OperationNote(operation: .zero)
        try workspace.write { () throws(AmxError) in
            let entries = operation.lock
            let documents = try workspace.documents()
            note.lock = operation.lock.encoded
            note.manifest = operation.manifest?.encoded
            note.approvals = operation.approvals
            guard let before = documents.lock, let old = try WorkspaceLock.parse(before)[CapsuleID("a")],
                let oldB = try WorkspaceLock.parse(before)[b], let newB = entries[b], let newC = entries[c]
            else { return }
            let prepared = try log.prepare(
                Operation(
                    .update, [],
                    changes: [
                        .init(of: old.id, from: .init(entry: old, form: .packed), to: .absent),
                        .init(of: b, from: .init(entry: oldB, form: .packed), to: .init(entry: newB, form: .packed)),
                        .init(of: c, from: .absent, to: .init(entry: newC, form: .packed)),
                    ], before: documents, after: .init(manifest: note.manifest, lock: note.lock)))
            note.operation = prepared.commit
            note.arrivals = [.init(id: c, from: .incoming)]
            for entry in [newB, newC] {
                guard let repository = try workspace.anyRepository(entry.id),
                    let transition = try workspace.capsule(entry.id).transition(to: entry, in: repository)
                else { continue }
                note.steps.append(.init(id: entry.id, transition: transition))
            }
            note.departures = [.init(id: old.id, commit: old.commit)]
            for (id, type, payload) in [
                (old.id, .softRemoved, ["version": "1.0.0"]),
                (b, .updated, ["oldVersion": "1.0.0", "newVersion": "2.0.0"]),
                (c, .installed, ["version": "1.0.0", "digest": "x", "operationId": "1", "a": ["z": 1, "b": 2]]),
            ] as [(CapsuleID, EventType, JSONObject)] {
                let stream = EventStream(id, of: organization)
                note.events.append(
                    .init(stream: stream, type: type, payload: payload, after: try store.state(of: stream).version))
            }
            try Directory.createDurably(workspace.pendingDirectory)
            try AtomicFile.write(note.encoded, to: workspace.pendingPath(OperationNote.name))
            func done(_ step: Step) -> Bool { step.rawValue <= last.rawValue }
            if done(.arrival) {
                var move = CarriedMove(c, of: workspace, from: .incoming)
                try move.apply()
            }
            for (index, item) in note.steps.enumerated() where done(index == 0 ? .firstForm : .allForms) {
                let capsule = workspace.capsule(item.id)
                let carried = try CarriedTransition(item.transition, of: capsule, in: capsule.existingRepository())
                try carried.apply()
            }
            if done(.departure) {
                try PathSwap(removing: workspace.capsule(old.id))?.apply()
                var move = CarriedMove(old.id, of: workspace, to: .removed)
                try move.apply()
            }
            if done(.documents) {
                try AtomicFile.write(note.lock ?? [], to: workspace.workspaceLockPath)
                try AtomicFile.write(note.manifest ?? [], to: workspace.manifestPath)
            }
            if done(.approvals) {
                var approvals = try workspace.approvals()
                approvals.apply(note.approvals)
                try approvals.write()
            }
            if done(.events) {
                try store.append(note.events.map { EventDraft($0.type, in: $0.stream, payload: $0.payload) })
            }
            if done(.log) { try workspace.filesRepositoryOrNew().refs.commit([prepared.update]) }
        }
        for _ in 0..<2 {
            workspace.settle()
            #expect(!Directory.exists(workspace.pendingPath(OperationNote.name)))
            // The workspaces differ by their folder, which the manifest's name is made of.
            #expect(try Array(fixture.state().dropFirst(2)) == Array(model.state().dropFirst(2)))
            #expect(try workspace.documents() == .init(manifest: note.manifest, lock: note.lock))
            #expect(try fixture.record() == record)
            try fixture.check()
        }
    }

    /// A file that the user has changed since, in a form that was to go, stays with its repository.
    @Test func whatWasTouchedSinceStays() throws {
        let (fixture, _) = try Self.prepared()
        let workspace = fixture.workspace
        let id = try CapsuleID("a")
        var note = OperationNote(operation: .zero)
        let entry = try #require(try workspace.lock()?[id])
        note.departures = [.init(id: id, commit: entry.commit)]
        _ = try workspace.write { () throws(AmxError) in try workspace.capsule(id).edit() }
        try fixture.base.folder.write("knowledge/capsules/a/knowledge/version.md", text: "mine\n")
        try AtomicFile.write(note.encoded, to: workspace.pendingPath(OperationNote.name))
        workspace.settle()
        #expect(try fixture.base.folder.read("knowledge/capsules/a/knowledge/version.md") == Array("mine\n".utf8))
        #expect(Directory.exists(workspace.repositoryPath(id)))
        #expect(!Directory.exists(workspace.pendingPath(OperationNote.name)))
    }
}
