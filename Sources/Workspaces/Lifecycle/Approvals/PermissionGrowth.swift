package import Capsules

/// What a capsule may do that it could not before, and what else differs of it that has to be trusted (row S-130).
package struct PermissionGrowth: Sendable, Hashable {
    /// Whether there was nothing before, so that all is growth.
    package let isFirst: Bool
    /// All that differs and is not known to be less, what widens trust first.
    package let changes: [TrustChange]

    /// Compares two manifests; without an old one, with nothing.
    package init(old: Manifest?, new: Manifest) {
        self.init(from: old?.document, to: new.document)
    }

    init(from old: JSONObject?, to new: JSONObject) {
        isFirst = old == nil
        // In another order, members say the same.
        let comparison = ManifestComparison(
            trustOf: (old ?? JSONObject()).inCanonicalOrder, new.inCanonicalOrder)
        changes = comparison.trust.filter { $0.direction != .narrows }
    }

    /// What somebody has to approve before it may be.
    package var toApprove: [TrustChange] { changes.filter(\.needsApproval) }
}

extension TrustChange {
    /// Whether the change is one that somebody has to approve (`docs/lifecycle.md`, "Approvals").
    ///
    /// What only names or describes something that is approved already is shown, and needs no approval.
    package var needsApproval: Bool {
        switch (kind, direction) {
        case (_, .narrows), (.context, _): false
        case (_, .widens): true
        case (.endpoint, .alters), (.tool, .alters), (.command, .alters): false
        case (_, .alters): true
        }
    }
}
