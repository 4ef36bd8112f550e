import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// Somebody edits `amx.lock` so that what another capsule requires counts as developed here: it would need no approval, no signature, no pin.
@Suite struct BranchLineTests {
    /// What an attacker makes of an entry.
    enum Edit: CaseIterable {
        /// Its content stays.
        case line
        /// It becomes another commit of the same capsule.
        case commit
        /// The workspace is said to ask for it.
        case asker
        /// Nobody is said to ask for it, and it comes from elsewhere.
        case place

        func apply(to entry: LockedCapsule, _ other: LockedCapsule) -> LockedCapsule {
            let content = self == .line ? entry : other
            let asked: [String] =
                switch self {
                case .line, .commit: entry.requestedBy
                case .asker: ["workspace"]
                case .place: []
                }
            return LockedCapsule(
                id: entry.id, version: content.version, line: .branch("main"), commit: content.commit,
                tree: content.tree, digest: content.digest,
                source: self == .place ? .address("https://evil.example/x") : entry.source, requestedBy: asked)
        }
    }

    /// A workspace that has required and installed `a`, which requires `b`.
    private static func prepared() throws -> OperationFixture {
        let fixture = try OperationFixture()
        for id in ["a", "b", "c"] { try fixture.bring(id) }
        try fixture.perform(fixture.operation(.add, ["a 1.0.0", "b 1.0.0"], requires: ["a"]))
        try commit(fixture, "One")
        return fixture
    }

    @discardableResult
    private static func commit(
        _ fixture: OperationFixture, _ message: String, _ capsules: [WorkspaceCapsule] = []
    ) throws -> WorkspaceCommitResult {
        let workspace = fixture.workspace
        return try workspace.write { () throws(AmxError) in
            try workspace.commit(
                capsules, files: workspace.files(), message: message, identity: fixture.base.identity)
        }
    }

    /// The lock of a workspace as an attacker leaves it.
    private static func forged(_ fixture: OperationFixture, _ edit: Edit) throws -> WorkspaceLock {
        let lock = try #require(try fixture.workspace.writtenLock())
        let other = try #require(try fixture.lock(["b 2.0.0"]).capsules.first)
        return WorkspaceLock(lock.capsules.map { $0.id == other.id ? edit.apply(to: $0, other) : $0 })
    }

    private static func refused(
        _ door: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) {
        let error = #expect(throws: AmxError.self, "\(door)", sourceLocation: sourceLocation) { try body() }
        #expect(
            error?.code == .verification && error?.message.hasPrefix("amx.lock has b at a branch") == true
                && error?.hint?.contains("`develops`") == true,
            "\(door): \(String(describing: error))", sourceLocation: sourceLocation)
    }

    @Test(arguments: Edit.allCases) func anEditedLockIsRefusedAtEveryDoor(_ edit: Edit) throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        let (b, honest) = (try CapsuleID("b"), try #require(try workspace.documents().lock))
        let forged = try Self.forged(fixture, edit)
        try AtomicFile.write(forged.encoded, to: workspace.workspaceLockPath)
        let (state, record) = (try fixture.state(), try fixture.record())
        Self.refused("lock") { _ = try workspace.lock() }
        for command in [Workspaces.Operation.Command.install, .update, .rollback, .configure, .pull] {
            Self.refused("\(command)") { _ = try WorkspaceOperation(command, in: workspace) }
        }
        Self.refused("bring out") { _ = try WorkspaceOperation(.clone, bringing: [b], in: workspace) }
        Self.refused("undo") { _ = try OperationLog(workspace).undoable() }
        Self.refused("plan") {
            _ = try InstallationPlanner(
                workspace, requirements: [], lock: forged, places: try TablePlaces([:]))
        }
        Self.refused("restore") { _ = try InstallationReview(restoring: WorkspaceLock(), in: workspace) }
        Self.refused("push and fetch") { _ = try workspace.installedIDs() }
        Self.refused("merge") { _ = try workspace.heldCapsules(among: [b]) }
        Self.refused("tree") { _ = try DependencyGraph(workspace) }
        Self.refused("verify") { _ = try workspace.capsule(b).verify(nil, against: nil) }
        Self.refused("commit") { try Self.commit(fixture, "Two") }
        Self.refused("report") { if let problem = try workspace.report().problem { throw problem } }
        Self.refused("bundle") {
            _ = try BundleMaker(workspace).make(named: "shop", to: fixture.base.folder.appending("shop.kcbundle"))
        }
        #expect(try fixture.state() == state && fixture.record() == record)
        try AtomicFile.write(honest, to: workspace.workspaceLockPath)
        #expect(try workspace.report().files.state == .clean)
        try fixture.perform(fixture.operation(.update, ["a 1.0.0", "b 2.0.0"], requires: ["a"]))
        try fixture.check()
    }

    /// The same in a commit that a tool without rules has made.
    @Test(arguments: Edit.allCases, [false, true]) func anEditedCommitIsRefused(
        _ edit: Edit, isDiverged: Bool
    ) throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        let git = workspace.filesRepositoryPath
        let path = fixture.base.folder.appending("forged")
        try AtomicFile.write(try Self.forged(fixture, edit).encoded, to: path)
        let blob = try Tool.git(["hash-object", "-w", path], in: git)
        try FileManager.default.removeItem(atPath: path)
        let entries = try Tool.git(["ls-tree", "HEAD"], in: git).split(separator: "\n").map { line in
            line.hasSuffix("\tamx.lock") ? "100644 blob \(blob)\tamx.lock" : String(line)
        }
        let tree = try Tool.git(["mktree"], in: git, input: Array((entries.joined(separator: "\n") + "\n").utf8))
        let head = try Tool.git(["rev-parse", "HEAD"], in: git)
        let made = try Tool.git(["commit-tree", tree, "-p", head, "-m", "Forged"], in: git)
        try Tool.git(["update-ref", "refs/heads/forged", made], in: git)
        if isDiverged {
            try fixture.base.folder.write("agents/a.md", text: "a\n")
            try Self.commit(fixture, "Two")
        }
        let (state, record) = (try fixture.state(), try fixture.record())
        Self.refused("switch") {
            _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "forged", create: false) }
        }
        Self.refused("merge") {
            _ = try workspace.write { () throws(AmxError) in
                try workspace.mergeFiles(
                    "forged", message: nil, identity: fixture.base.identity, commits: true, isFastForwardOnly: false)
            }
        }
        let verdict = try workspace.files().verify("forged")
        #expect(!verdict.isValid && verdict.problem?.contains("amx.lock has b at a branch") == true, "\(verdict)")
        #expect(try fixture.state() == state && fixture.record() == record)
        #expect(try workspace.report().files.state == .clean)
        try fixture.check()
    }

    /// Who changes what only another capsule requires and commits that develops it, and nothing else has to be said; others take that.
    @Test(arguments: [false, true]) func whoCommitsWhatOthersRequireDevelopsIt(isTwoSteps: Bool) throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        let capsule = workspace.capsule(try CapsuleID("b"))
        let first = try #require(try workspace.files().status().head)
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "winter", create: true) }
        _ = try workspace.write { () throws(AmxError) in try capsule.edit() }
        try fixture.base.folder.write("knowledge/capsules/b/mine.md", text: "mine\n")
        if isTwoSteps { try fixture.base.commit(capsule, "Mine") }
        #expect(try workspace.report().problem == nil)
        try Self.commit(fixture, "Mine", isTwoSteps ? [] : [capsule])
        #expect(try workspace.manifest()?.develops == [capsule.id] && workspace.manifest()?.follows == [])
        #expect(try workspace.lock()?[capsule.id]?.isAtBranch == true)
        #expect(try workspace.report().files.state == .clean)
        // Its place is the workspace now, whatever else is done.
        try fixture.perform(
            {
                var operation = try fixture.operation(.add, ["a 1.0.0", "c 1.0.0"], requires: ["a", "c"])
                let own = try #require(try workspace.lock()?[capsule.id])
                operation.lock = WorkspaceLock(operation.lock.capsules + [own])
                return operation
            }())
        try Self.commit(fixture, "More")
        // Back, and forward by a merge.
        let head = try #require(try workspace.files().status().head)
        for (name, isDeveloped) in [("main", false), ("winter", true), ("main", false)] {
            _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: name, create: false) }
            #expect(try workspace.lock()?[capsule.id]?.isAtBranch == isDeveloped)
            #expect(try workspace.manifest()?.develops.contains(capsule.id) == isDeveloped)
        }
        #expect(try workspace.files().status().head == first)
        let request = MergeRequest(
            target: head, source: "winter", message: "Merge winter", identity: fixture.base.identity)
        _ = try workspace.write { () throws(AmxError) in try workspace.files().merge(request) }
        #expect(try workspace.lock()?[capsule.id]?.isAtBranch == true)
        try fixture.check()
    }

    /// What was committed here and not yet with the workspace is declared by the merge that records it.
    @Test func aMergeDeclaresWhatWasCommittedHere() throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "winter", create: true) }
        try fixture.base.folder.write("agents/winter.md", text: "w\n")
        try Self.commit(fixture, "Two")
        let theirs = try #require(try workspace.files().status().head)
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "main", create: false) }
        try fixture.base.folder.write("agents/main.md", text: "m\n")
        try Self.commit(fixture, "Three")
        let capsule = workspace.capsule(try CapsuleID("b"))
        _ = try workspace.write { () throws(AmxError) in try capsule.edit() }
        try fixture.base.folder.write("knowledge/capsules/b/mine.md", text: "mine\n")
        try fixture.base.commit(capsule, "Mine")
        let request = MergeRequest(
            target: theirs, source: "winter", message: "Merge winter", identity: fixture.base.identity)
        let outcome = try workspace.write { () throws(AmxError) in try workspace.files().merge(request) }
        guard case .merged = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(try workspace.manifest()?.develops == [capsule.id])
        #expect(try workspace.lock()?[capsule.id]?.isAtBranch == true)
        #expect(try workspace.report().files.state == .clean)
        try fixture.check()
    }

    /// Undoing a merge that has brought what others develop leaves it developed.
    @Test func anUndoLeavesWhatIsDevelopedDeclared() throws {
        let fixture = try Self.prepared()
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "winter", create: true) }
        let own = try fixture.base.new("own")
        try fixture.perform(
            fixture.operation(.add, ["a 1.0.0", "b 1.0.0", "c 1.0.0"], requires: ["a", "c"]))
        try Self.commit(fixture, "Two", [own])
        let target = try #require(try workspace.files().status().head)
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "main", create: false) }
        let request = MergeRequest(
            target: target, source: "winter", message: "Merge winter", identity: fixture.base.identity)
        _ = try workspace.write { () throws(AmxError) in try workspace.files().merge(request) }
        #expect(try workspace.manifest()?.develops == [own.id])
        try fixture.undo()
        #expect(try workspace.lock()?[own.id]?.isAtBranch == true && workspace.lock()?[CapsuleID("c")] == nil)
        #expect(try workspace.manifest()?.develops == [own.id])
        try fixture.undo()
        #expect(try workspace.lock()?[CapsuleID("c")]?.isRelease == true)
        try fixture.check()
    }
}
