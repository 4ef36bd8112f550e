package import Capsules
package import Objects

/// How a workspace's own files stand, and whether what they say holds together.
package struct WorkspaceReport: Sendable {
    /// The files against the last commit, and the branch against the remote one.
    package let files: CapsuleStatus
    /// Capsules that are elsewhere than `amx.lock` says, and those that only one of the two has.
    package let moved: [CapsuleID]
    /// What deserves a look in `amx.json`, the volumes and the libraries.
    package let warnings: [ManifestDiagnostic]
    /// What stands in the way of a commit.
    package let problem: AmxError?
}

extension Workspace {
    /// Looks at the workspace's own files, as a commit would that comes now.
    package func report() throws(AmxError) -> WorkspaceReport {
        let files = try files()
        let status = files.statusOrProblem()
        var moved: [CapsuleID] = []
        do throws(AmxError) {
            if let problem = status.problem { throw problem }
            let (_, previous, lock) = try renewal()
            let new = lock.encoded
            moved = Self.differences(previous, lock)
            var content = try files.content().replacing(TreePath(WorkspaceLock.fileName), by: new)
            if let manifest = try renewedManifest(from: previous, to: lock) {
                content = try content.replacing(TreePath(WorkspaceManifest.fileName), by: manifest)
            }
            let documents = try files.documents(content)
            return WorkspaceReport(files: status, moved: moved, warnings: documents.warnings, problem: nil)
        } catch {
            return WorkspaceReport(files: status, moved: moved, warnings: [], problem: error)
        }
    }

    private static func differences(_ before: WorkspaceLock?, _ after: WorkspaceLock) -> [CapsuleID] {
        guard let before else { return after.capsules.map(\.id) }
        let ids = Set(before.capsules.map(\.id) + after.capsules.map(\.id))
        return ids.filter { before[$0] != after[$0] }.sorted()
    }
}
