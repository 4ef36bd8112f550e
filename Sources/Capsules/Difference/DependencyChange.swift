/// A change of what a capsule needs: another capsule, or a version of what it runs on.
package struct DependencyChange: Sendable, Hashable {
    /// The member of the manifest: one of the four lists, or `aimatrixVersion`, `nodeVersion`, `pythonVersion`.
    package let kind: String
    /// The capsule, as the manifest names it; for the versions of what it runs on the same as `kind`.
    package let id: String
    /// The constraint before; nil when it is new.
    package let old: String?
    /// The constraint afterwards; nil when it is gone.
    package let new: String?

    /// What happened to it.
    package var operation: ChangeOperation { ChangeOperation(hadValue: old != nil, hasValue: new != nil) }
}
