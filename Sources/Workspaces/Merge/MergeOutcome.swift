package import Objects

/// What is to be merged, and how.
package struct MergeRequest: Sendable {
    /// The commit.
    package let target: ObjectID
    /// What the user called it: the label of its side.
    package let source: String
    /// The commit's message.
    package let message: String
    /// Who makes the commit.
    package let identity: Identity
    /// Whether a merge without conflicts is committed.
    package let commits: Bool
    /// Whether only a fast-forward will do.
    package let isFastForwardOnly: Bool

    package init(
        target: ObjectID, source: String, message: String, identity: Identity, commits: Bool = true,
        isFastForwardOnly: Bool = false
    ) {
        (self.target, self.source, self.message, self.identity) = (target, source, message, identity)
        (self.commits, self.isFastForwardOnly) = (commits, isFastForwardOnly)
    }
}

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

/// A merge that has not ended, as a status shows it.
package struct MergeProgress: Sendable, Hashable {
    /// What the user called the other side.
    package let source: String
    /// The commit that is merged.
    package let theirs: ObjectID
    /// What is open.
    package let conflicts: [MergeConflict]
}
