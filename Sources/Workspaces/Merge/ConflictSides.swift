package import Objects

/// The versions of a file in conflict, as they were when somebody set out to settle it.
package struct ConflictSides: Sendable {
    /// The file.
    package let path: TreePath
    /// The common ancestor's; nil where it has no such file.
    package let base: [UInt8]?
    /// The current branch's.
    package let ours: [UInt8]?
    /// The merged branch's.
    package let theirs: [UInt8]?
    /// The working form's.
    package let current: [UInt8]?
    /// The merge.
    let state: MergeState
}
