package import Versions

/// Another capsule that a capsule needs.
package struct Dependency: Hashable, Sendable {
    /// The list of the manifest that a dependency stands in.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case required = "dependencies"
        case peer = "peerDependencies"
        case optional = "optionalDependencies"
        case development = "devDependencies"
    }

    package let kind: Kind
    /// The owner that the key pins, as in `"acme/refunds"`.
    package let owner: OwnerName?
    package let id: CapsuleID
    /// The versions that will do.
    package let constraint: VersionConstraint

    package init(kind: Kind, owner: OwnerName?, id: CapsuleID, constraint: VersionConstraint) {
        self.kind = kind
        self.owner = owner
        self.id = id
        self.constraint = constraint
    }
}
