import Capsules
import Objects
import Versions

/// Looks at revisions of one capsule, each file's content once.
final class RevisionAudit {
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
