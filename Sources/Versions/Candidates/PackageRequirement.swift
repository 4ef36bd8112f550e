/// One package needed by another, or by the workspace.
package struct PackageRequirement: Hashable, Sendable {
    /// How a package is needed.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Must be there.
        case required
        /// Must be there, and is understood to be shared with whoever needs the same.
        case peer
        /// Only constrains the version if something else needs it.
        case optionalPeer
        /// Is added when that is possible, and left out with a note when not.
        case optional
        /// As `required`, for the workspace alone: those of capsules are not looked at.
        case development
    }

    package let kind: Kind
    package let package: PackageName
    package let accepted: AcceptedVersions
    /// Who alone may answer, as in ``Candidate/source``; nil for anybody.
    package let source: String?

    /// Makes a requirement.
    package init(
        _ package: PackageName, _ accepted: AcceptedVersions, kind: Kind = .required, source: String? = nil
    ) {
        self.kind = kind
        self.package = package
        self.accepted = accepted
        self.source = source
    }
}

extension PackageRequirement {
    /// By the package and what is accepted: two that are the same in both rarely differ in the rest.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(package)
        hasher.combine(accepted)
    }
}

extension PackageRequirement: Comparable {
    /// By package, then in an order that depends only on what the requirements say.
    package static func < (left: PackageRequirement, right: PackageRequirement) -> Bool {
        if left.package != right.package { return left.package < right.package }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        let (first, second) = (left.accepted.description, right.accepted.description)
        if first != second { return first < second }
        return (left.source ?? "") < (right.source ?? "")
    }
}
