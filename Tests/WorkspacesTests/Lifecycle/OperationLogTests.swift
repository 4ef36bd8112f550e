import Capsules
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

@Suite struct OperationLogTests {
    private let fixture: WorkspaceFixture
    private var workspace: Workspace { fixture.workspace }
    private var log: OperationLog { OperationLog(workspace) }

    init() throws { fixture = try WorkspaceFixture() }

    private func entry(_ version: String) throws -> LockedCapsule {
        LockedCapsule(
            id: try CapsuleID("refunds"), version: try #require(SemanticVersion(version)), line: .tag("v\(version)"),
            commit: try #require(ObjectID(hex: String(repeating: "1", count: 40))),
            tree: try #require(ObjectID(hex: String(repeating: "2", count: 40))),
            digest: LifecycleFixture.digest(version), source: .workspace, requestedBy: ["workspace"])
    }

    /// An operation that writes the workspace's documents too.
    private func operation(
        _ command: Operation.Command = .update, _ number: Int = 1, from before: Operation.Documents? = nil
    ) throws -> Operation {
        let manifest = try #require(try FileContent.read(workspace.manifestPath))
        let after = Operation.Documents(
            manifest: manifest, lock: WorkspaceLock([try entry("1.\(number).0")]).encoded)
        return Operation(
            command, ["refunds@1.\(number).0"],
            changes: [
                .init(
                    of: try CapsuleID("refunds"), from: .init(entry: try entry("1.\(number - 1).0"), form: .packed),
                    to: .init(entry: try entry("1.\(number).0"), form: .packed),
                    configurationBefore: ["a": 1], configurationAfter: ["a": ["b": .null]]),
                .init(of: try CapsuleID("billing"), from: .absent, to: .init(form: .directory)),
            ], before: try before ?? workspace.documents(), after: after)
    }

    private func perform(_ operation: Operation) throws -> ObjectID {
        for (path, bytes) in [
            (workspace.manifestPath, operation.after.manifest), (workspace.workspaceLockPath, operation.after.lock),
        ] {
            if let bytes { try AtomicFile.write(bytes, to: path) } else { try Directory.remove(path) }
        }
        return try workspace.write { () throws(AmxError) in try log.append(operation) }
    }

    @Test func whatWasRecordedReadsBack() throws {
        #expect(try log.last() == nil)
        #expect(try log.list() == [])
        let none = #expect(throws: AmxError.self) { try log.undoable() }
        #expect(none?.code == .notFound)
        var expected: [OperationLog.Entry] = []
        for number in 1...3 {
            let operation = try operation(.install, number)
            expected.insert(.init(commit: try perform(operation), operation: operation), at: 0)
        }
        #expect(try log.list() == expected)
        #expect(try log.list(limit: 2) == Array(expected.prefix(2)))
        #expect(try log.last() == expected.first)
        for entry in expected { #expect(try log[entry.commit] == entry) }
        let strange = #expect(throws: AmxError.self) { try log[.zero] }
        #expect(strange?.code == .notFound)
        // git reads the same, and finds nothing wrong.
        let git = { (arguments: String...) in try Tool.git(arguments, in: workspace.filesRepositoryPath) }
        #expect(try git("fsck", "--strict", "--no-dangling") == "")
        let files = try git("ls-tree", "-r", "--name-only", "refs/amx/operations").split(separator: "\n")
        #expect(files == ["after/amx.json", "after/amx.lock", "before/amx.json", "before/amx.lock", "operation.json"])
        #expect(try git("log", "-1", "--format=%s", "refs/amx/operations") == "amx install refunds@1.3.0")
        #expect(
            try git("show", "refs/amx/operations:after/amx.lock") + "\n"
                == String(decoding: expected[0].operation.after.lock ?? [], as: UTF8.self))
        let findings = try WorkspaceFsck(workspace).run(nil) { _, _ in }.findings.map(\.finding)
        #expect(findings == [])
    }

    /// What only repeats what a lock said already is nobody's word for a source.
    @Test(arguments: Operation.Command.allCases) func onlyCommandsThatChooseVersionsVouchForASource(
        _ command: Operation.Command
    ) throws {
        let (id, other) = (try CapsuleID("refunds"), try CapsuleID("billing"))
        _ = try perform(operation(command))
        _ = try perform(operation(.configure, 2))
        let counts = ["install", "add", "update", "remove", "unremove", "rollback"].contains(command.rawValue)
        #expect(try log.chosen([id: .workspace, other: .workspace]) == (counts ? [id] : []))
        #expect(try log.chosen([id: .address("hub/mallory")]) == [] && log.chosen([:]) == [])
    }

    @Test func sourcesAreFoundHoweverLongAgoTheyWereChosen() throws {
        let id = try CapsuleID("refunds")
        for (number, command) in [Operation.Command.add, .configure, .pull, .undo].enumerated() {
            _ = try perform(operation(command, number + 1))
        }
        #expect(try log.chosen([id: .workspace]) == [id])
    }

    @Test func whatIsPreparedIsNotThereBeforeItsUpdate() throws {
        let first = try perform(operation())
        let operation = try operation(.remove, 2)
        let prepared = try log.prepare(operation)
        #expect(try log.last()?.commit == first)
        // The same once more is the same commit: who was cut off goes on.
        #expect(try log.prepare(operation) == prepared)
        let other = try log.prepare(try self.operation(.add, 3))
        let refs = try #require(try workspace.filesRepository()).refs
        try refs.commit([prepared.update, RefUpdate(.base, expected: .missing, new: prepared.commit)])
        #expect(try log.last() == .init(commit: prepared.commit, operation: operation))
        // What was prepared for the same place comes too late.
        let error = #expect(throws: AmxError.self) { try refs.commit([other.update]) }
        #expect(error?.code == .conflict)
    }

    @Test func undoingAnUndoIsARedo() throws {
        let before = try workspace.documents()
        let done = try operation(.update, 1)
        let commit = try perform(done)
        let undo = try log.undoable().operation.reversed(commit)
        #expect(undo.command == .undo)
        #expect(undo.undoes == commit)
        #expect((undo.before, undo.after) == (done.after, before))
        #expect(undo.changes.map(\.capsule.string) == ["billing", "refunds"])
        #expect(undo.changes[0].after == .absent)
        #expect(undo.changes[1].after.entry == (try entry("1.0.0")))
        #expect(undo.changes[1].configurationAfter == ["a": 1])
        let second = try perform(undo)
        #expect(try workspace.documents() == before)
        #expect(try log.last()?.operation == undo)
        let redo = try log.undoable().operation.reversed(second)
        _ = try perform(redo)
        #expect(try workspace.documents() == done.after)
        #expect(redo.changes == done.changes)
        #expect(redo.undoes == second)
    }

    @Test(arguments: ["amx.json", "amx.lock"]) func whatHasChangedSinceIsNotUndone(_ file: String) throws {
        _ = try perform(operation())
        let bytes = try #require(try FileContent.read("\(workspace.root)/\(file)"))
        try fixture.folder.write(file, bytes + [0x0A])
        let error = #expect(throws: AmxError.self) { try log.undoable() }
        #expect(error?.code == .conflict)
        #expect(error?.message == "cannot undo `amx update refunds@1.1.0`: \(file) has changed since")
        try fixture.folder.write(file, bytes)
        #expect(throws: Never.self) { try log.undoable() }
    }

    /// The reference is refused by what judges pushes at every door, in whichever kind of repository.
    @Test(arguments: [RepositoryKind.capsule, .workspace, nil]) func noRepositoryTakesTheLog(
        _ kind: RepositoryKind?
    ) throws {
        _ = try perform(operation())
        let identity = fixture.identity
        _ = try workspace.write { () throws(AmxError) in
            try workspace.commit([], files: workspace.files(), message: "All", identity: identity)
        }
        let repository = try #require(try workspace.filesRepository())
        let name = try workspace.files().id
        let head = try #require(try log.last()).commit
        for update in [
            RefUpdate(.operations, expected: .missing, new: head),
            RefUpdate(.operations, expected: .id(head), new: nil),
        ] {
            let policy = IncomingPolicy(try IncomingObjects(repository: repository), of: name, kind: kind)
            let snapshot = RefSnapshot(sorted: [], head: try repository.refs.head())
            let refusal = policy.refusals(of: [update], in: snapshot)[.operations]
            #expect(refusal?.code == .denied)
        }
        // A hub that got it in another way says so.
        let findings = HistoryFsck(repository, of: name).checkAllowed(try repository.refs.snapshot().refs)
        #expect(findings.map(\.place).contains("refs/amx/operations"))
    }

    @Test func whatCannotBeReadIsSaid() throws {
        _ = try perform(operation())
        let path = workspace.filesRepositoryPath
        let blob = try Tool.git(["hash-object", "-w", "--stdin"], in: path, input: Array(#"{"schema": 2}"#.utf8))
        let tree = try Tool.git(["mktree"], in: path, input: Array("100644 blob \(blob)\toperation.json\n".utf8))
        let commit = try Tool.git(["commit-tree", "-m", "x", tree], in: path)
        try Tool.git(["update-ref", "refs/amx/operations", commit], in: path)
        let error = #expect(throws: AmxError.self) { try log.last() }
        #expect(error?.code == .verification)
    }
}
