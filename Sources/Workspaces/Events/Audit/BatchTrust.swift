import Capsules
import Objects

/// Whose signatures of batches count, and whether every batch must have one.
///
/// The allowed signers are read when the first signature is met. Used from one thread.
final class BatchTrust {
    /// Whether a batch must be signed by somebody who is trusted.
    let requiresSignatures: Bool
    private let workspace: Workspace
    private var signers: TrustedSigners?

    init(_ workspace: Workspace, requiresSignatures: Bool) {
        (self.workspace, self.requiresSignatures) = (workspace, requiresSignatures)
    }

    /// What a commit's signature is worth.
    func judge(_ id: ObjectID, in repository: Repository) throws(AmxError) -> SignatureVerdict {
        let bytes = try repository.read(id, as: .commit)
        if case .unsigned = SignedObject(commit: bytes) { return SignatureVerdict(.none) }
        if signers == nil { signers = TrustedSigners(allowed: try Workspace.allowedSigners(workspace)) }
        return try (signers ?? TrustedSigners()).judge(commit: bytes, id: id)
    }
}
