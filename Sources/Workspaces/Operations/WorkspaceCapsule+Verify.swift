import Capsules
package import Objects
import Versions

extension WorkspaceCapsule {
    /// Recomputes digests from content, and verifies signatures.
    ///
    /// Without a revision: the current commit, every release, and the packed file. With one: that revision. A digest is
    /// compared with the commit's trailer, the tag's trailer, the lock, or with `digest` alone when it is given. A release
    /// is also held against its manifest: it is of this capsule and of the version that it is named for. What has no
    /// signature of its own has that of another of these subjects with the same content.
    package func verify(_ revision: String?, against digest: String?) throws(AmxError) -> [Verification] {
        let repository = try existingRepository()
        let position = try position(in: repository)
        let audit = RevisionAudit(
            capsule: self, repository: repository, signers: try workspace.trustedSigners(of: id),
            locked: try workspace.lock()?.capsules.filter { $0.id == id } ?? [], digest: digest)
        if let revision {
            let found = try Revision(revision, in: repository, snapshot: position.snapshot)
            return [audit.look("\(id)@\(revision)", found.ref.flatMap { position.snapshot[$0] }, found.commit)]
        }
        var results: [Verification] = []
        if let head = position.head { results.append(audit.look("\(id)", nil, head)) }
        if digest == nil {
            for tag in position.snapshot.tags {
                results.append(audit.look("\(id)@\(tag.name.tag ?? "")", tag, tag.commit))
            }
        }
        if try form() == .packed {
            results.append(try Verification(file: workspace.packedPath(id), against: nil, in: workspace))
        }
        let signed = results.filter { $0.signature?.state == .good }
        return results.map { result in
            // The same content has been signed as something else.
            guard result.isIntact, result.signature?.state == SignatureVerdict.State.none,
                let signature = signed.first(where: { $0.digest == result.digest })?.signature
            else { return result }
            return result.holding(signature)
        }
    }
}

/// Looks at revisions of one capsule, each file's content once.
private final class RevisionAudit {
    private let capsule: WorkspaceCapsule
    private let repository: Repository
    private let signers: TrustedSigners
    private let locked: [LockedCapsule]
    private let digest: String?
    private var checksums: [ObjectID: (size: Int, sha256: SHA256Digest)] = [:]

    init(
        capsule: WorkspaceCapsule, repository: Repository, signers: TrustedSigners, locked: [LockedCapsule],
        digest: String?
    ) {
        self.capsule = capsule
        self.repository = repository
        self.signers = signers
        self.locked = locked
        self.digest = digest
    }

    /// The verdict on a commit, or on the release that a reference is.
    func look(_ subject: String, _ ref: Ref?, _ commit: ObjectID) -> Verification {
        do throws(AmxError) {
            let object = try repository.commit(commit)
            let found = try repository.digest(ofTree: object.tree, checksums: &checksums)
            let release = ref.flatMap { $0.peeled == nil ? nil : $0 }
            var stated: [(String, String)] = []
            if let digest {
                stated = [(digest, "--digest")]
            } else {
                stated += Trailers.values(of: ContentDigest.trailer, in: object.message).map { ($0, "commit") }
                if let release {
                    let message = try repository.tag(release.id).message
                    stated += Trailers.values(of: ContentDigest.trailer, in: message).map { ($0, "tag") }
                }
                stated += locked.filter { $0.commit == commit }.map { ($0.digest.text, "amx.lock") }
            }
            // The first statement that is wrong is the one to tell.
            let shown = stated.first { $0.0 != found.text } ?? stated.first
            let verification = Verification(
                subject: subject, digest: found, expected: shown?.0, source: shown?.1,
                failure: try release.flatMap { (ref) throws(AmxError) in try misfit(of: ref, tree: object.tree) },
                signature: nil)
            return verification.holding(try signature(of: release, commit))
        } catch {
            // What a store lacks it should have.
            let failure =
                error.code == .notFound
                ? AmxError(.verification, error.message, hint: error.hint, cause: error) : error
            return Verification(subject: subject, expected: digest, unreadable: failure)
        }
    }

    private func signature(of release: Ref?, _ commit: ObjectID) throws(AmxError) -> SignatureVerdict {
        guard let release, let name = release.name.tag else {
            return try signers.judge(commit: repository.read(commit, as: .commit), id: commit)
        }
        return try signers.judge(release: name, tag: repository.read(release.id, as: .tag), id: release.id)
    }

    /// Why a release is not of this capsule and version; nil when it is.
    private func misfit(of release: Ref, tree: ObjectID) throws(AmxError) -> AmxError? {
        guard let name = release.name.tag, name.hasPrefix("v") else { return nil }
        let manifest = try capsule.manifest(ofTree: tree, in: repository)
        guard manifest.id == capsule.id else {
            return AmxError(.verification, "its manifest is that of \(manifest.id)")
        }
        guard manifest.tagName == name else {
            return AmxError(.verification, "its manifest has version \(manifest.version.text)")
        }
        return nil
    }
}
