import Capsules
import Foundation
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// A capsule `a` whose branches `main` and `topic` have diverged, at `main`.
struct MergeFixture {
    let fixture: WorkspaceFixture
    let capsule: WorkspaceCapsule
    let base: CommitResult
    let ours: CommitResult
    let theirs: CommitResult

    /// Makes the branches: `start`, `theirs` and `ours` change the files; nil removes one.
    init(start: [String: String?] = [:], ours: [String: String?], theirs: [String: String?]) throws {
        fixture = try WorkspaceFixture()
        capsule = try fixture.new("a")
        try Self.write(start, fixture, capsule)
        base = try #require(try fixture.commit(capsule, "Start"))
        try Self.switch(to: "topic", create: true, fixture, capsule)
        try Self.write(theirs, fixture, capsule)
        self.theirs = try #require(try fixture.commit(capsule, "Theirs"))
        try Self.switch(to: "main", create: false, fixture, capsule)
        try Self.write(ours, fixture, capsule)
        self.ours = try #require(try fixture.commit(capsule, "Ours"))
    }

    static func write(_ files: [String: String?], _ fixture: WorkspaceFixture, _ capsule: WorkspaceCapsule) throws {
        let root = fixture.workspace.directoryPath(capsule.id)
        for (path, text) in files where text == nil { try FileManager.default.removeItem(atPath: "\(root)/\(path)") }
        for (path, text) in files { if let text { try fixture.write(capsule, path, text) } }
    }

    static func `switch`(
        to name: String, create: Bool, _ fixture: WorkspaceFixture, _ capsule: WorkspaceCapsule
    ) throws {
        _ = try fixture.workspace.write { () throws(AmxError) in try capsule.switchBranch(to: name, create: create) }
    }

    func write(_ files: [String: String?]) throws { try Self.write(files, fixture, capsule) }

    @discardableResult
    func merge(
        _ branch: String = "topic", commits: Bool = true, isFastForwardOnly: Bool = false
    ) throws -> MergeOutcome {
        try fixture.workspace.write { () throws(AmxError) in
            try capsule.merge(
                capsule.mergeRequest(
                    branch, message: nil, identity: fixture.identity, commits: commits,
                    isFastForwardOnly: isFastForwardOnly))
        }
    }

    func abort() throws {
        _ = try fixture.workspace.write { () throws(AmxError) in try capsule.abortMerge() }
    }

    @discardableResult
    func resolve(_ path: String, _ side: MergeSide?) throws -> MergeState {
        let path = try TreePath(path)
        return try fixture.workspace.write { () throws(AmxError) in try capsule.resolve(path, with: side) }
    }

    /// The conflicts that are open, by path.
    func open() throws -> [String: MergeConflict.Kind] {
        let state = try #require(try capsule.mergeState())
        return Dictionary(
            uniqueKeysWithValues: try capsule.openConflicts(of: state).map { ($0.path.string, $0.kind) })
    }

    func text(_ path: String) throws -> String { String(decoding: try capsule.cat(nil, path: path), as: UTF8.self) }

    /// Whether a file is in the working form.
    func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(fixture.workspace.directoryPath(capsule.id))/\(path)")
    }

    func isSound() throws -> Bool { try fixture.git(capsule, "fsck", "--strict", "--no-dangling") == "" }
}
