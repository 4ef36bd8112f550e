import Capsules
import Objects

/// Looks at revisions of one repository of a workspace, each file's content once.
struct RevisionAudit {
    /// The kind of the repository's subjects.
    let kind: Verification.Kind
    /// The repository.
    let repository: Repository
    /// What must be signed, and by whom.
    let policy: SignaturePolicy
    /// What `amx.lock` says of the repository.
    var locked: [LockedCapsule] = []
    /// The only digest that counts, when there is one.
    var digest: String?
    private(set) var checksums: [ObjectID: (size: Int, sha256: SHA256Digest)] = [:]

    init(
        _ kind: Verification.Kind, of repository: Repository, policy: SignaturePolicy, locked: [LockedCapsule] = [],
        digest: String? = nil
    ) {
        (self.kind, self.repository, self.policy, self.locked, self.digest) = (kind, repository, policy, locked, digest)
    }

    /// The verdict on a commit, or on the release whose tag `tag` names.
    ///
    /// `name` is the reference that it stands under, if any. `check` says what else is wrong with the tree.
    mutating func look(
        _ subject: String, at commit: ObjectID, as name: RefName?, tag: ObjectID? = nil,
        check: (ObjectID) throws(AmxError) -> AmxError?
    ) -> Verification {
        do throws(AmxError) {
            let object = try repository.commit(commit)
            let found = try repository.digest(ofTree: object.tree, checksums: &checksums)
            var stated: [(String, String)] = []
            if let digest {
                stated = [(digest, "--digest")]
            } else {
                stated += Trailers.values(of: ContentDigest.trailer, in: object.message).map { ($0, "commit") }
                if let tag {
                    let message = try repository.tag(tag).message
                    stated += Trailers.values(of: ContentDigest.trailer, in: message).map { ($0, "tag") }
                }
                stated += locked.filter { $0.commit == commit }.map { ($0.digest.text, "amx.lock") }
            }
            // The first statement that is wrong is the one to tell.
            let shown = stated.first { $0.0 != found.text } ?? stated.first
            let verification = Verification(
                kind: kind, subject: subject, digest: found, expected: shown?.0, source: shown?.1,
                failure: try check(object.tree), signature: nil,
                required: name.flatMap { policy.requires($0) ? $0 : nil })
            return verification.holding(try signature(of: commit, as: name, tag: tag))
        } catch {
            // What a store lacks it should have.
            let failure =
                error.code == .notFound
                ? AmxError(.verification, error.message, hint: error.hint, cause: error) : error
            return Verification(kind, subject, expected: digest, unreadable: failure)
        }
    }

    private func signature(of commit: ObjectID, as name: RefName?, tag: ObjectID?) throws(AmxError) -> SignatureVerdict
    {
        guard let tag, let release = name?.tag else {
            return try policy.signers.judge(commit: repository.read(commit, as: .commit), id: commit)
        }
        return try policy.signers.judge(release: release, tag: repository.read(tag, as: .tag), id: tag)
    }
}
