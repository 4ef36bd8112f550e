import Objects

/// A commit whose objects are durable and that no reference names yet.
package struct PreparedCommit: Sendable, Hashable {
    /// What the commit is.
    package let result: CommitResult
    /// The branch that moves to it.
    let branch: RefName
    /// Where the branch is before; nil for the first commit.
    let head: ObjectID?
    /// The working form's base before.
    let base: ObjectID?

    /// The references that make it the current commit.
    var updates: [RefUpdate] {
        [
            RefUpdate(branch, expected: head.map { .id($0) } ?? .missing, new: result.commit),
            RefUpdate(.base, expected: base.map { .id($0) } ?? .missing, new: result.commit),
        ]
    }

    /// The references that take it back.
    var reversed: [RefUpdate] {
        [
            RefUpdate(branch, expected: .id(result.commit), new: head),
            RefUpdate(.base, expected: .id(result.commit), new: base),
        ]
    }
}
