import Capsules
import Objects
import Workspaces

/// Another workspace, or a folder of bare repositories: releases are read where they lie.
final class FolderPlace: ReleasePlace {
    let address: String
    private let workspace: Workspace
    private let store: StoreReleases
    private let contents: ReleaseContents
    private let repositoryPath: @Sendable (CapsuleID) -> String

    /// Names a folder; `workspace` is the one whose cache remembers what was read.
    init(_ path: String, in workspace: Workspace, _ contents: ReleaseContents) {
        address = path
        self.workspace = workspace
        self.contents = contents
        let owner = LocalRemote.workspace(at: path)
        let repositoryPath = { @Sendable id in LocalRemote.path(of: id, in: path, of: owner) }
        self.repositoryPath = repositoryPath
        store = StoreReleases { id in
            let repository = repositoryPath(id)
            return (repository, workspace.releaseTablePath(id, at: repository))
        }
    }

    func prefetch(_ ids: [CapsuleID]) { store.prefetch(ids) }

    func releases(of id: CapsuleID) throws -> FoundReleases? {
        try store.releases(of: id).map { FoundReleases(at: address, $0) }
    }

    func content(of id: CapsuleID, _ release: Release) throws -> ReleaseContent? {
        try contents.content(release, of: workspace.capsule(id), at: repositoryPath(id))
    }
}
