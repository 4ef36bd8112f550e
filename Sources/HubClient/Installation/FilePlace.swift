import Capsules
import Objects
import Workspaces

/// A `.kc` file of the workspace: a place of one capsule with one release.
///
/// Where the file has gone, what was installed from it is still there.
final class FilePlace: ReleasePlace {
    let address: String
    private let source: FileSource
    private let workspace: Workspace
    private let contents: ReleaseContents
    private var known: FileRelease?

    /// Names a file; nothing is read yet.
    init(_ source: FileSource, in workspace: Workspace, _ contents: ReleaseContents) {
        address = source.text
        (self.source, self.workspace, self.contents) = (source, workspace, contents)
    }

    func prefetch(_ ids: [CapsuleID]) {}

    func releases(of id: CapsuleID) throws -> FoundReleases? {
        guard known != nil || Directory.exists(workspace.path(of: source)) else {
            if let kept = try kept(id) { return FoundReleases(at: address, kept) }
            // It says that the file is missing.
            _ = try FileRelease(source, in: workspace)
            return nil
        }
        let file = try read()
        return file.id == id ? FoundReleases(at: address, [file.release]) : nil
    }

    func content(of id: CapsuleID, _ release: Release) throws -> ReleaseContent? {
        try contents.content(release, of: workspace.capsule(id), at: read().repositoryPath)
    }

    private func read() throws(AmxError) -> FileRelease {
        if let known { return known }
        let file = try FileRelease(source, in: workspace)
        known = file
        return file
    }

    /// The release that the lock names from here, where it lies in the workspace.
    private func kept(_ id: CapsuleID) throws -> [Release]? {
        guard let entry = try workspace.lock()?[id], entry.source.text == address,
            let repository = try workspace.anyRepository(id)
        else { return nil }
        let releases = try ReleaseReader(id).releases(in: repository.path).filter { $0.commit == entry.commit }
        return releases.isEmpty ? nil : releases
    }
}
