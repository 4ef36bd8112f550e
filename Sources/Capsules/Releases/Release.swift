package import Objects
package import Versions

/// One release of a capsule, as far as choosing a version needs to know it: the same from a store's references and from a hub's index.
///
/// A value. What it says was read from the tag, its commit and the commit's `manifest.json`; the content is not checked here, but
/// when it is installed.
package struct Release: Sendable, Hashable {
    /// The version, which the tag's name and the manifest agree on.
    package let version: SemanticVersion
    /// The annotated tag's object.
    package let tag: ObjectID
    /// The commit that it names.
    package let commit: ObjectID
    /// The commit's tree.
    package let tree: ObjectID
    /// The blob of `manifest.json`.
    package let manifest: ObjectID
    /// The content's digest as the tag or the commit states it; nil where git made both.
    package let digest: ContentDigest?
    /// All that the manifest requires, of all kinds, in the manifest's order.
    package let dependencies: [Dependency]
    /// The versions of Amx that it works with; nil for all.
    package let aimatrixVersion: VersionConstraint?
    /// What its files have together, in bytes; nil where nobody has counted.
    package let size: UInt64?
    /// Whether it was withdrawn: chosen only where it is locked already.
    package var isYanked: Bool
    /// Why it cannot be used, in words that follow a colon: a manifest that is not valid, another version than the tag's.
    package let problem: String?

    /// Makes a release.
    package init(
        version: SemanticVersion, tag: ObjectID, commit: ObjectID, tree: ObjectID, manifest: ObjectID,
        digest: ContentDigest?, dependencies: [Dependency] = [], aimatrixVersion: VersionConstraint? = nil,
        size: UInt64? = nil, isYanked: Bool = false, problem: String? = nil
    ) {
        self.version = version
        self.tag = tag
        self.commit = commit
        self.tree = tree
        self.manifest = manifest
        self.digest = digest
        self.dependencies = dependencies
        self.aimatrixVersion = aimatrixVersion
        self.size = size
        self.isYanked = isYanked
        self.problem = problem
    }

    /// The same with what its files have together.
    package func counted(_ size: UInt64?) -> Release {
        Release(
            version: version, tag: tag, commit: commit, tree: tree, manifest: manifest, digest: digest,
            dependencies: dependencies, aimatrixVersion: aimatrixVersion, size: size, isYanked: isYanked,
            problem: problem)
    }

    /// The tag's short name, such as `v1.2.0`.
    package var name: String { "v\(version.text)" }
}
