package import Objects

/// A merge that has not ended, as a status shows it.
package struct MergeProgress: Sendable, Hashable {
    /// What the user called the other side.
    package let source: String
    /// The commit that is merged.
    package let theirs: ObjectID
    /// What is open.
    package let conflicts: [MergeConflict]
}
