package import Capsules
package import Objects
import Versions

/// A release: an annotated tag `v<version>`.
package struct ReleaseResult: Sendable {
    /// The capsule.
    package let id: CapsuleID
    /// The manifest's version.
    package let version: String
    /// The tag's name.
    package let tag: String
    /// The released commit.
    package let commit: ObjectID
    /// The content's digest.
    package let digest: ContentDigest
    /// Whether the tag was there before, for the same content.
    package let existed: Bool
    /// Manifest fields that a release should have and this one lacks.
    package let missingFields: [String]
}

extension WorkspaceCapsule {
    /// Tags the current branch's commit as the release of its manifest's version. The caller holds the lock.
    ///
    /// A release is written once: with the same content it exists already, with other content it is a `.conflict`.
    package func release(message: String?, identity: Identity) throws(AmxError) -> ReleaseResult {
        try finishPending()
        let repository = try existingRepository()
        let position = try position(in: repository)
        try checkNoMerge("release", in: position)
        guard let head = position.head else {
            throw AmxError(
                .failure, "\(id) has nothing to release on \(position.branchName)", hint: "commit it first")
        }
        let commit = try repository.commit(head)
        let manifest = try manifest(ofTree: commit.tree, in: repository)
        let version = manifest.version.text
        let digest = try repository.digest(ofTree: commit.tree)
        guard let ref = RefName(tag: "v\(version)") else {
            throw AmxError(
                .failure, "\(id): the version \(version) cannot be released: git refuses it as a tag's name",
                hint: "change the version in manifest.json and commit it")
        }
        func result(_ commit: ObjectID, existed: Bool) -> ReleaseResult {
            ReleaseResult(
                id: id, version: version, tag: "v\(version)", commit: commit, digest: digest, existed: existed,
                missingFields: manifest.missingForRelease)
        }
        if let existing = position.snapshot[ref] {
            let released = try repository.peelToCommit(existing.id)
            guard try repository.digest(ofTree: repository.commit(released).tree) == digest else {
                throw AmxError(
                    .conflict, "\(id) \(version) is released already, with other content (\(released.abbreviated))",
                    hint: "raise the version in manifest.json, commit it, and release that")
            }
            if identity.signer != nil, try !isSigned(existing, in: repository) {
                throw AmxError(
                    .conflict, "\(id) \(version) is released already, without a signature: a release never changes",
                    hint: "raise the version in manifest.json, commit it, and release that with --sign")
            }
            return result(released, existed: true)
        }
        let text = Trailers.append(ContentDigest.trailer, digest.text, to: message ?? "Release \(version)")
        let tag = Tag(
            target: head, targetKind: .commit, name: "v\(version)", tagger: identity.signature(), message: text)
        let staging = try ObjectStaging(for: repository.path)
        let tagID = try staging.add(identity.sealed(tag: tag.encoded), kind: .tag)
        try staging.publish()
        try repository.refresh()
        try repository.refs.commit([RefUpdate(ref, expected: .missing, new: tagID)])
        return result(head, existed: false)
    }

    private func isSigned(_ release: Ref, in repository: Repository) throws(AmxError) -> Bool {
        guard release.peeled != nil else { return false }
        return try SignedObject(tag: repository.read(release.id, as: .tag)) != .unsigned
    }

    /// The manifest in a tree of the capsule's repository.
    package func manifest(ofTree tree: ObjectID, in repository: Repository) throws(AmxError) -> Manifest {
        guard
            let entry = try repository.entries(ofTree: tree).first(where: {
                $0.name.elementsEqual("manifest.json".utf8) && !$0.isTree
            })
        else {
            throw AmxError(
                .failure, "\(id): there is no manifest.json in tree \(tree.abbreviated)",
                hint: "commit a manifest.json first: docs/manifest.md has the fields")
        }
        return try manifest(inBlob: entry.id) { () throws(AmxError) in try repository.read(entry.id, as: .blob) }
    }

    /// The manifest in a blob, whose `bytes` are asked for where the process does not know it.
    func manifest(inBlob blob: ObjectID, _ bytes: () throws(AmxError) -> [UInt8]) throws(AmxError) -> Manifest {
        try ManifestMemory.shared.manifest(in: blob, file: "\(id)/\(Manifest.fileName)", bytes)
    }

    /// The manifest of the version that `amx.lock` has; nil when it is not here.
    package func manifest(of entry: LockedCapsule) throws(AmxError) -> Manifest? {
        try ManifestMemory.shared.manifest(of: entry) { () throws(AmxError) in
            guard let repository = try repository(), repository.contains(entry.commit) else { return nil }
            return try manifest(ofTree: entry.tree, in: repository)
        }
    }
}

extension Workspace {
    /// Records that a release was made, which is in the repository already; returns the event.
    package func recordPublished(_ release: ReleaseResult, by actor: EventActor) throws(AmxError) -> Event? {
        let payload: JSONObject = [
            "version": .string(release.version), "digest": .string(release.digest.text),
            "commit": .string(release.commit.hex),
        ]
        let stream = EventStream(release.id, of: try organization())
        return try EventStore(self).append([EventDraft(.published, in: stream, payload: payload)], by: actor).first
    }
}
