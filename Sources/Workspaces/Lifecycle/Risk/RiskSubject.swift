package import Capsules
package import Objects

/// One capsule of a plan, as far as its risk is concerned.
package struct RiskSubject: Sendable {
    /// What is here; nil for a capsule that is new.
    package let old: Manifest?
    /// The content that is here.
    package let oldDigest: ContentDigest?
    /// What comes.
    package let new: Manifest
    /// The content that comes; nil while that is not known.
    package let digest: ContentDigest?
    /// What the release's signature is worth; nil while that is not known.
    package let signature: SignatureVerdict?
    /// The owner that it comes from, where that is not the one of whoever asks for it, and it has not come from there before.
    package let otherOwner: String?
    /// The size of all files of what comes, or the best estimate of it.
    package let bytes: Int64

    /// Describes a capsule of a plan.
    package init(
        old: Manifest?, oldDigest: ContentDigest? = nil, new: Manifest, digest: ContentDigest? = nil,
        signature: SignatureVerdict? = nil, otherOwner: String? = nil, bytes: Int64 = 0
    ) {
        (self.old, self.oldDigest, self.new, self.digest) = (old, oldDigest, new, digest)
        (self.signature, self.otherOwner, self.bytes) = (signature, otherOwner, bytes)
    }
}
