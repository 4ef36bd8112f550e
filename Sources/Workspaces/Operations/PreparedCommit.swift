import Capsules
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
    /// Whether the repository was made for it.
    let isFirst: Bool
    /// A commit of what the working form is before, where that is neither ``head`` nor what was committed: of a workspace in a merge.
    var from: ObjectID?

    /// The references that make it the current commit.
    var updates: [RefUpdate] {
        [
            RefUpdate(branch, expected: head.map { .id($0) } ?? .missing, new: result.commit),
            RefUpdate(.base, expected: base.map { .id($0) } ?? .missing, new: result.commit),
        ]
    }

    /// The change as a note has it.
    ///
    /// A capsule's working form is what was committed. Of the workspace's own files, `amx.lock` may still be the old one.
    func transition(of copy: any WorkingCopy) -> Transition {
        Transition(
            from: copy.kind == .workspace ? from ?? head : result.commit, to: result.commit, branch: branch,
            advances: head.map { .id($0) } ?? .missing)
    }

    /// The references that take it back.
    var reversed: [RefUpdate] {
        [
            RefUpdate(branch, expected: .id(result.commit), new: head),
            RefUpdate(.base, expected: .id(result.commit), new: base),
        ]
    }
}
