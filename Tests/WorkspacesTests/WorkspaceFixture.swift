import Capsules
import Objects
import TestSupport

@testable import Workspaces

/// A fresh workspace with an identity of its own.
struct WorkspaceFixture {
    let folder: TemporaryDirectory
    let workspace: Workspace
    let identity = Identity(name: "Ada", email: "ada@example.com")

    init() throws {
        folder = try TemporaryDirectory("amx-workspace")
        workspace = try Workspace.create(at: folder.path).workspace
    }

    /// Makes a capsule from the template.
    @discardableResult
    func new(_ id: String) throws -> WorkspaceCapsule {
        let id = try CapsuleID(id)
        _ = try workspace.write { () throws(AmxError) in
            try workspace.newCapsule(id, name: nil, author: Developer(name: "Ada", email: "ada@example.com", url: nil))
        }
        return workspace.capsule(id)
    }

    /// Writes a file of a capsule's directory.
    func write(_ capsule: WorkspaceCapsule, _ path: String, _ text: String, executable: Bool = false) throws {
        try folder.write("knowledge/capsules/\(capsule.id)/\(path)", text: text, executable: executable)
    }

    /// Commits a capsule.
    @discardableResult
    func commit(_ capsule: WorkspaceCapsule, _ message: String = "Change") throws -> CommitResult? {
        try workspace.write { () throws(AmxError) in try capsule.commit(message: message, identity: identity) }
    }

    /// Runs git in a capsule's repository.
    @discardableResult
    func git(_ capsule: WorkspaceCapsule, _ arguments: String...) throws -> String {
        try Tool.git(arguments, in: workspace.repositoryPath(capsule.id))
    }
}
