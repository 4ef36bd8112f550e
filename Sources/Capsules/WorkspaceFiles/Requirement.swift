package import Versions

/// A capsule that a workspace requires, with the remote that it must come from.
package struct Requirement: Sendable, Hashable {
    /// The list of `amx.json` that it stands in.
    package let kind: Dependency.Kind
    /// The owner that the key pins, as in `"acme/refunds"`.
    package let owner: OwnerName?
    /// The capsule.
    package let id: CapsuleID
    /// The versions that will do.
    package let constraint: VersionConstraint
    /// The name of the remote that alone may satisfy it; nil for the workspace's own.
    package let remote: String?
    /// The file that alone may satisfy it; nil where it is no file.
    package let file: FileSource?
    /// The value as it was written.
    let written: JSONValue

    /// The key that it stands under.
    package var key: String { owner.map { "\($0)/\(id)" } ?? id.string }
}
