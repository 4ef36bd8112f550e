package import Capsules
package import Objects
package import Versions

/// What somebody has to approve before a capsule's content may come into a workspace.
package struct ApprovalDemand: Sendable, Hashable {
    /// Why.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Nothing of the capsule has been approved. What is of low risk is agreed to by naming the capsule.
        case first
        /// It asks for more than what was approved.
        case growth
        /// The version that was approved has other content now.
        case otherBytes
    }

    /// The capsule.
    package let capsule: CapsuleID
    /// Its version.
    package let version: SemanticVersion
    /// The content.
    package let digest: ContentDigest
    /// Why.
    package let reason: Reason
    /// What is to be approved, what widens trust first; never empty.
    package let changes: [TrustChange]

    /// Compares what a manifest asks for with what was approved before; nil when no new approval is needed.
    ///
    /// An approval of the same content is enough, and so is one of another version that asked for no less. An approval of another
    /// capsule is none.
    package init?(of manifest: Manifest, digest: ContentDigest, after approved: Approval?) {
        let wanted = GrantedCapabilities(of: manifest)
        (capsule, version, self.digest) = (manifest.id, manifest.version, digest)
        if let approved, approved.capsule == manifest.id {
            guard approved.digest != digest else { return nil }
            if approved.version.text.utf8.elementsEqual(manifest.version.text.utf8) {
                (reason, changes) = (.otherBytes, wanted.list)
            } else {
                (reason, changes) = (.growth, approved.granted.growth(to: wanted))
            }
        } else {
            (reason, changes) = (.first, wanted.list.filter { !RiskAssessment.isHarmless($0) })
        }
        if changes.isEmpty { return nil }
    }

    /// The error where nobody can be asked.
    package var error: AmxError {
        let what = changes.prefix(3).map { "\($0.kind.rawValue) \(TreeRules.printable($0.subject.utf8))" }
            .joined(separator: ", ")
        let more = changes.count > 3 ? " and \(changes.count - 3) more" : ""
        let why =
            switch reason {
            case .first: "it asks for"
            case .growth: "it asks for more than was approved:"
            case .otherBytes: "its content is not what was approved under this version; it asks for"
            }
        return AmxError(
            .denied, "\(capsule) \(version.text) needs an approval: \(why) \(what)\(more)",
            hint: "look at it with `--dry-run`, then approve it with `--approve`")
    }
}
