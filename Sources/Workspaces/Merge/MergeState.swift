package import Objects

/// A merge that has not ended, as `.aimatrix/merge/<id>` describes it.
package struct MergeState: Sendable, Hashable {
    /// A conflict and whether the user has said that it is settled.
    package struct Entry: Sendable, Hashable {
        package let conflict: MergeConflict
        package var isResolved: Bool
    }

    /// The current branch.
    package let branch: RefName
    /// Its commit, from which the working form was made.
    package let ours: ObjectID
    /// The commit that is merged.
    package let theirs: ObjectID
    /// What the user called it.
    package let source: String
    /// The message of the commit that concludes the merge, unless another is given.
    package let message: String
    /// The form that the capsule had before.
    let form: Form
    /// What the working form was before the last step.
    var from: ObjectID
    /// What the merge has written into the working form.
    var tree: ObjectID
    /// What could not be merged, by path.
    package var entries: [Entry]

    /// The lines between which a text conflicts.
    var labels: MergeLabels { Self.labels(branch: branch, source: source) }

    static func labels(branch: RefName, source: String) -> MergeLabels {
        MergeLabels(ours: branch.branch ?? branch.string, theirs: source)
    }
}
