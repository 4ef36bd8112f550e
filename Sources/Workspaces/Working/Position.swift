package import Objects

/// Where a capsule, or the workspace itself, stands in its history.
package struct Position: Sendable {
    /// The current branch.
    package let branch: RefName
    /// The branch's commit; nil before the first one.
    package let head: ObjectID?
    /// The commit that the working form was made from; nil before the first one.
    package let base: ObjectID?
    /// All references at that moment.
    package let snapshot: RefSnapshot

    /// The branch's short name.
    package var branchName: String { branch.branch ?? branch.string }
}
