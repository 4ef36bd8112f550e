/// One of the three contents of a merge.
package enum MergeSide: String, Sendable, Hashable, CaseIterable {
    /// The common ancestor's.
    case base
    /// The current branch's.
    case ours
    /// The branch's that is merged.
    case theirs
}
