package import Objects
package import Versions

/// What `bundle.json` says of one release.
package struct BundledCapsule: Sendable, Hashable {
    /// The capsule.
    package let id: CapsuleID
    /// The release's version.
    package let version: SemanticVersion
    /// The annotated tag's object.
    package let tag: ObjectID
    /// The commit that it names.
    package let commit: ObjectID
    /// The content's digest.
    package let digest: ContentDigest
    /// The SHA-256 of the bytes of its `manifest.json`.
    package let manifestSHA256: SHA256Digest
    /// Where it comes from, as the lock says.
    package let source: String
    /// The `.kc` file.
    package let content: BundledFile
    /// The pack with what else the tag reaches.
    package let history: BundledFile

    /// Describes the release that a lock's entry names.
    package init(
        _ entry: LockedCapsule, tag: ObjectID, manifestSHA256: SHA256Digest, content: BundledFile, history: BundledFile
    ) {
        self.init(
            id: entry.id, version: entry.version, tag: tag, commit: entry.commit, digest: entry.digest,
            manifestSHA256: manifestSHA256, source: entry.source.text, content: content, history: history)
    }

    init(
        id: CapsuleID, version: SemanticVersion, tag: ObjectID, commit: ObjectID, digest: ContentDigest,
        manifestSHA256: SHA256Digest, source: String, content: BundledFile, history: BundledFile
    ) {
        self.id = id
        self.version = version
        self.tag = tag
        self.commit = commit
        self.digest = digest
        self.manifestSHA256 = manifestSHA256
        self.source = source
        self.content = content
        self.history = history
    }

    /// Whether it is of what an entry of a lock names.
    package func isRelease(of entry: LockedCapsule) -> Bool {
        entry.id == id && entry.lane == nil && entry.isRelease && entry.commit == commit && entry.digest == digest
            && entry.version.text.utf8.elementsEqual(version.text.utf8)
            && entry.source.text.utf8.elementsEqual(source.utf8)
    }

    /// The description as `bundle.json` has it.
    package var json: JSONValue {
        [
            "id": .string(id.string), "version": .string(version.text), "tag": .string(tag.hex),
            "commit": .string(commit.hex), "digest": .string(digest.text),
            "manifestSha256": .string(manifestSHA256.hex), "source": .string(source), "content": content.json,
            "history": history.json,
        ]
    }
}
