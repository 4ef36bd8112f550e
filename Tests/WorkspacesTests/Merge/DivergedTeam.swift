import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// A workspace with the capsules `one` and `two` whose branches `main` and `topic` have diverged, at `main`.
struct DivergedTeam {
    let fixture: WorkspaceFixture
    let one: WorkspaceCapsule
    let two: WorkspaceCapsule
    /// The commits of the capsules on each side.
    private(set) var ours: [String: ObjectID] = [:]
    private(set) var theirs: [String: ObjectID] = [:]
    private let head: ObjectID

    var workspace: Workspace { fixture.workspace }

    /// Makes the branches: each side gives the named capsules a file, and changes files of the workspace. With `bumps`, theirs
    /// raises the capsules' versions.
    init(
        ours: [String], theirs: [String], start: [String: String] = [:], oursFiles: [String: String] = [:],
        theirsFiles: [String: String] = ["agents/theirs.md": "theirs\n"], bumps: Bool = false
    ) throws {
        fixture = try WorkspaceFixture()
        one = try fixture.new("one")
        two = try fixture.new("two")
        for (path, text) in start { try fixture.folder.write(path, text: text) }
        try Self.commit([one, two], "Start", fixture)
        let workspace = fixture.workspace
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "topic", create: true) }
        for id in theirs {
            try fixture.folder.write("knowledge/capsules/\(id)/theirs.md", text: "theirs\n")
            guard bumps else { continue }
            let path = "knowledge/capsules/\(id)/manifest.json"
            let text = String(decoding: try fixture.folder.read(path), as: UTF8.self)
            try fixture.folder.write(path, text: text.replacingOccurrences(of: "\"0.1.0\"", with: "\"0.2.0\""))
        }
        for (path, text) in theirsFiles { try fixture.folder.write(path, text: text) }
        try Self.commit([one, two], "Theirs", fixture)
        for capsule in [one, two] { self.theirs[capsule.id.string] = try capsule.status().head }
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: "main", create: false) }
        for id in ours { try fixture.folder.write("knowledge/capsules/\(id)/ours.md", text: "ours\n") }
        for (path, text) in oursFiles { try fixture.folder.write(path, text: text) }
        try fixture.folder.write("agents/ours.md", text: "ours\n")
        try Self.commit([one, two], "Ours", fixture)
        for capsule in [one, two] { self.ours[capsule.id.string] = try capsule.status().head }
        head = try #require(try workspace.files().status().head)
    }

    @discardableResult
    private static func commit(
        _ capsules: [WorkspaceCapsule], _ message: String, _ fixture: WorkspaceFixture
    ) throws -> WorkspaceCommitResult {
        let workspace = fixture.workspace
        return try workspace.write { () throws(AmxError) in
            try workspace.commit(capsules, files: workspace.files(), message: message, identity: fixture.identity)
        }
    }

    /// Commits the given capsules, by default both, and the workspace.
    @discardableResult
    func commit(_ capsules: [WorkspaceCapsule]?, _ message: String) throws -> WorkspaceCommitResult {
        try Self.commit(capsules ?? [], message, fixture)
    }

    @discardableResult
    func commit(_ message: String) throws -> WorkspaceCommitResult { try commit([one, two], message) }

    func id(_ text: String) throws -> CapsuleID { try CapsuleID(text) }

    @discardableResult
    func merge(_ branch: String = "topic") throws -> WorkspaceMergeResult {
        try workspace.write { () throws(AmxError) in
            try workspace.mergeFiles(
                branch, message: nil, identity: fixture.identity, commits: true, isFastForwardOnly: false)
        }
    }

    /// Merges the other side's commit of a capsule.
    func mergeCapsule(_ id: String, commits: Bool) throws {
        let (capsule, target) = (workspace.capsule(try CapsuleID(id)), try #require(theirs[id]))
        _ = try workspace.write { () throws(AmxError) in
            try capsule.merge(
                capsule.mergeRequest(
                    target.hex, message: nil, identity: fixture.identity, commits: commits, isFastForwardOnly: false))
        }
    }

    @discardableResult
    func resolve(_ path: String, _ side: MergeSide?) throws -> MergeState {
        let path = try TreePath(path)
        return try workspace.write { () throws(AmxError) in try workspace.files().resolve(path, with: side) }
    }

    func abort() throws { _ = try workspace.write { () throws(AmxError) in try workspace.files().abortMerge() } }

    func `switch`(to name: String) throws {
        _ = try workspace.write { () throws(AmxError) in try workspace.switchFiles(to: name, create: false) }
    }

    /// Makes `main` and the capsules what they were before a merge.
    func goBack() throws {
        try Tool.git(["update-ref", "refs/heads/before", head.hex], in: workspace.filesRepositoryPath)
        try self.switch(to: "before")
        try Tool.git(["update-ref", "refs/heads/main", head.hex], in: workspace.filesRepositoryPath)
        try self.switch(to: "main")
        for capsule in [one, two] { try fixture.git(capsule, "update-ref", "-d", "refs/amx/workspace/main") }
    }

    /// Whether a capsule's directory has a file.
    func has(_ id: String, _ path: String) -> Bool {
        Directory.exists("\(workspace.capsulesDirectory)/\(id)/\(path)")
    }

    /// All files of the workspace and of its capsules.
    func contents() throws -> [String] {
        var entries: [FileEntry] = try workspace.files().content().entries
        for capsule in [one, two] { entries += try capsule.content().entries }
        return entries.map { "\($0.path.string) \($0.id)" }
    }

    /// What must hold when no merge is under way.
    func check(_ branch: String) throws {
        try workspace.write { () throws(AmxError) in }
        let report = try workspace.report()
        #expect(report.problem == nil && report.moved.isEmpty && report.files.state == .clean)
        #expect(report.files.branch == branch)
        for capsule in [one, two] {
            #expect(try capsule.status().state == .clean)
            #expect(try fixture.git(capsule, "fsck", "--strict", "--no-dangling") == "")
        }
        #expect(try Tool.git(["fsck", "--strict", "--no-dangling"], in: workspace.filesRepositoryPath) == "")
        #expect(try fixture.litter() == [])
    }
}
