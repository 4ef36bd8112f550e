import Capsules
import Foundation
import Objects
import TestSupport
import Testing
import Versions

@testable import Workspaces

/// A workspace that releases, and another into which its releases come.
struct OperationFixture {
    let source: WorkspaceFixture
    let base: WorkspaceFixture
    var workspace: Workspace { base.workspace }
    private let actor = EventActor(userID: "ada@example.com", userAgent: "tests")

    /// Makes both; the source has `a` 1.0.0 that requires `b`, `b` 1.0.0 and 2.0.0, and `c` 1.0.0.
    init() throws {
        source = try WorkspaceFixture()
        base = try WorkspaceFixture()
        for (text, needs) in [
            ("a 1.0.0", ["b": "^1.0.0"]), ("b 1.0.0", [:]), ("b 2.0.0", [:]), ("c 1.0.0", [:]),
        ] as [(String, [String: String])] {
            try release(text, needs)
        }
    }

    /// Releases a version, which asks for permissions on `asks`.
    func release(
        _ text: String, _ needs: [String: String] = [:], asks: [String] = [], to action: String = "read"
    ) throws {
        let words = text.split(separator: " ").map(String.init)
        let id = try CapsuleID(words[0])
        let capsule =
            Directory.exists(source.workspace.directoryPath(id))
            ? source.workspace.capsule(id) : try source.new(words[0])
        let list = JSONObject(needs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        let manifest: JSONValue = [
            "id": .string(words[0]), "name": .string(words[0]), "version": .string(words[1]),
            "dependencies": .object(list),
            "permissions": .array(asks.map { ["resource": .string($0), "actions": [.string(action)]] }),
        ]
        try source.write(capsule, Manifest.fileName, JSONWriter.text(manifest))
        try source.write(capsule, "knowledge/version.md", "\(words[1])\n")
        try source.commit(capsule, words[1])
        _ = try source.workspace.write { () throws(AmxError) in
            try capsule.release(message: nil, identity: source.identity)
        }
    }

    /// Brings a capsule's objects to where an operation looks for them, as a fetch does.
    func bring(_ id: String) throws {
        let id = try CapsuleID(id)
        let from = source.workspace.repositoryPath(id)
        if let repository = try workspace.anyRepository(id) {
            try Tool.git(["fetch", "--quiet", from, "refs/tags/*:refs/tags/*"], in: repository.path)
            return
        }
        try FileManager.default.createDirectory(
            atPath: workspace.directory(of: .incoming), withIntermediateDirectories: true)
        try Tool.git(
            ["clone", "--quiet", "--bare", from, workspace.repositoryPath(id, .incoming)], in: base.folder.path)
    }

    /// The lock that names these releases, each `"a 1.0.0"`.
    func lock(_ releases: [String]) throws -> WorkspaceLock {
        WorkspaceLock(
            try releases.map { text in
                let words = text.split(separator: " ").map(String.init)
                let id = try CapsuleID(words[0])
                let all = try ReleaseReader(id).releases(in: source.workspace.repositoryPath(id))
                let release = try #require(all.first { $0.version.text == words[1] })
                return LockedCapsule(
                    id: id, version: release.version, line: .tag(release.name), commit: release.commit,
                    tree: release.tree, digest: try #require(release.digest),
                    source: .address(source.workspace.root), requestedBy: ["workspace"])
            })
    }

    /// Plans an operation that leaves these releases, and requires those of them that are named.
    func operation(
        _ command: Workspaces.Operation.Command, _ releases: [String], requires: [String] = []
    ) throws -> WorkspaceOperation {
        var operation = try WorkspaceOperation(command, in: workspace)
        operation.lock = try lock(releases)
        var manifest = try #require(try workspace.manifest())
        for requirement in manifest.requirements { _ = manifest.remove(requirement.id) }
        for id in requires {
            manifest.require(
                try CapsuleID(id), owner: nil, try VersionConstraint(parsing: ">=1.0.0"), .required, remote: nil)
        }
        operation.manifest = manifest
        return operation
    }

    @discardableResult
    func perform(_ operation: WorkspaceOperation) throws -> OperationResult {
        try workspace.write { () throws(AmxError) in try workspace.perform(operation, by: actor) }
    }

    @discardableResult
    func undo() throws -> OperationResult {
        try perform(try WorkspaceOperation(undoing: OperationLog(workspace).undoable(), in: workspace))
    }

    /// What a user sees: the documents, the forms, and which repositories are in the store.
    func state() throws -> [String] {
        let documents = try workspace.documents()
        var lines = [documents.manifest, documents.lock].map {
            $0.map { String(decoding: $0, as: UTF8.self) } ?? "none"
        }
        for id in try ["a", "b", "c"].map({ try CapsuleID($0) }) {
            let capsule = workspace.capsule(id)
            let form = try capsule.form()
            let digest = try form == nil ? "-" : capsule.content().digest().text
            let isHere = Directory.exists(workspace.repositoryPath(id))
            lines.append("\(id) \(form.map { "\($0)" } ?? "-") \(digest) \(isHere ? "here" : "-")")
        }
        return lines
    }

    /// The events, as `"type capsule version"`, the operations, the newest first, what is approved, and the hooks that wait.
    func record() throws -> [String] {
        var events: [String] = []
        var reader = EventReader(workspace)
        try reader.read(EventQuery()) { event throws(AmxError) in
            let version = event.payload["version"]?.string ?? event.payload["newVersion"]?.string ?? ""
            events.append("\(event.type.name) \(event.stream.capsule) \(version)")
        }
        return events
            + (try OperationLog(workspace).list().map { "\($0.operation.line): \($0.operation.changes.count)" })
            + (try workspace.approvals().approvals.map { "approved \($0.capsule) \($0.version)" })
            + (try workspace.approvals().pendingHooks.map { "\($0.phase.rawValue) \($0.capsule)" })
    }

    /// Checks all that must hold whatever happened.
    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try base.litter() == [], sourceLocation: sourceLocation)
        for id in try workspace.capsuleIDs() where Directory.exists(workspace.repositoryPath(id)) {
            let text = try Tool.git(["fsck", "--strict", "--no-dangling"], in: workspace.repositoryPath(id))
            #expect(text == "", sourceLocation: sourceLocation)
        }
        #expect(try EventAudit(workspace).run().findings.isEmpty, sourceLocation: sourceLocation)
    }
}
