package import Capsules
package import Objects

/// A place that releases of capsules come from: a hub's owner, a server's prefix, a workspace, a folder.
///
/// Calls block and come from one thread. What they throw is what keeps the place from answering at all.
package protocol ReleasePlace: AnyObject {
    /// The place, as `amx.lock` names it.
    var address: String { get }

    /// Says which capsules will be asked for next.
    func prefetch(_ ids: [CapsuleID])

    /// All releases of a capsule; nil when the place knows no such capsule. The same question always has the same answer.
    func releases(of id: CapsuleID) throws -> FoundReleases?

    /// Says which releases' contents will be asked for next.
    func prefetchContent(_ releases: [(id: CapsuleID, release: Release)])

    /// The manifest of a release and the digest of its content, where they can be had without fetching it; nil elsewhere.
    func content(of id: CapsuleID, _ release: Release) throws -> ReleaseContent?
}

extension ReleasePlace {
    package func prefetchContent(_ releases: [(id: CapsuleID, release: Release)]) {}

    package func content(of id: CapsuleID, _ release: Release) throws -> ReleaseContent? { nil }
}

/// What is to be known of a release's content before it comes; it is counted again when the release comes, and only that decides.
package struct ReleaseContent: Sendable {
    /// The manifest.
    package let manifest: Manifest
    /// The digest, counted from the content.
    package let digest: ContentDigest
    /// What its files have together, in bytes.
    package let size: UInt64

    /// Describes what was read.
    init(_ manifest: Manifest, _ digest: ContentDigest, size: UInt64) {
        (self.manifest, self.digest, self.size) = (manifest, digest, size)
    }

    /// Reads all of it from a repository.
    package init(_ release: Release, of capsule: WorkspaceCapsule, in repository: Repository) throws(AmxError) {
        manifest = try capsule.manifest(ofTree: release.tree, in: repository)
        digest = try repository.digest(ofTree: release.tree)
        size = try repository.contentSize(ofTree: release.tree)
    }
}

/// The releases of a capsule, with the place where its repository lies: another one than was asked when a hub's registry knows who
/// has the capsule.
package struct FoundReleases: Sendable {
    /// Where they are.
    package let address: String
    /// In any order.
    package let releases: [Release]

    /// Describes what was found.
    package init(at address: String, _ releases: [Release]) {
        (self.address, self.releases) = (address, releases)
    }
}

/// Finds places by what requirements say.
package protocol ReleasePlaces: AnyObject {
    /// The place of a remote, by its name; of the default one for nil. `.notFound` when there is none.
    func place(ofRemote name: String?) throws -> any ReleasePlace

    /// The place of an address, as `amx.lock` names it.
    func place(at address: String) throws -> any ReleasePlace

    /// The place of another owner on the same hub. `.failure` for a place that is no hub's owner.
    func place(of owner: OwnerName, beside address: String) throws -> any ReleasePlace

    /// Says for which capsules the workspace itself knows where they come from: no place asks for them by itself.
    func note(settled ids: Set<CapsuleID>)
}

extension ReleasePlaces {
    package func note(settled ids: Set<CapsuleID>) {}
}
