package import Capsules
package import Objects

/// What the releases of repositories on this machine contain, remembered in the workspace's cache by the ids of trees
/// (``ContentTable``), so that a repository is opened once for what never changes.
///
/// For telling what would come. Nothing in it is believed of content that has come: installing reads and counts that itself. Used by one
/// thread; calls block. What is new is written when it goes away.
package final class ReleaseContents {
    private let path: String
    private lazy var table = ContentTable(at: path) ?? ContentTable()
    /// What was asked for, by the ids of trees.
    private var known: [ObjectID: ReleaseContent] = [:]
    private var isChanged = false

    /// Prepares for a workspace; nothing is read yet.
    package init(_ workspace: Workspace) { path = "\(workspace.cacheDirectory)/contents" }

    /// The manifest of a release, the digest of its content and its size; the repository at `repository` is opened for what is not known.
    package func content(
        _ release: Release, of capsule: WorkspaceCapsule, at repository: String
    ) throws(AmxError) -> ReleaseContent {
        if let content = known[release.tree] { return content }
        let content = try look(release, of: capsule, at: repository)
        known[release.tree] = content
        return content
    }

    private func look(
        _ release: Release, of capsule: WorkspaceCapsule, at repository: String
    ) throws(AmxError) -> ReleaseContent {
        // By the bytes' own id, so that what the process remembers of a manifest is what its blob says.
        if let entry = table[release.tree], try ObjectID.hash(of: entry.manifest, as: .blob) == release.manifest {
            let manifest = try capsule.manifest(inBlob: release.manifest) { entry.manifest }
            return ReleaseContent(manifest, entry.digest, size: entry.size)
        }
        let opened = try Repository(opening: repository)
        let content = try ReleaseContent(release, of: capsule, in: opened)
        let bytes = try opened.read(release.manifest, as: .blob)
        table.add(ContentTable.Entry(digest: content.digest, size: content.size, manifest: bytes), of: release.tree)
        isChanged = true
        return content
    }

    deinit {
        if isChanged { AtomicFile.writeDerived(table.encoded(first: Set(known.keys)), to: path) }
    }
}
