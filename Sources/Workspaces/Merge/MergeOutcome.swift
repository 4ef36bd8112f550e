package import Objects

/// What a merge did.
package enum MergeOutcome: Sendable, Hashable {
    /// The branch has the commit already.
    case upToDate(ObjectID)
    /// The branch and the working form moved forward.
    case fastForward(from: ObjectID, to: ObjectID)
    /// A commit with two parents was made.
    case merged(CommitResult)
    /// The working form holds the result, and the user has to conclude the merge.
    case stopped(MergeState)
}
