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
