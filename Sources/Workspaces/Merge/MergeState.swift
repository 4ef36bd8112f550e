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

/// A step of a merge that has begun: the note for whoever comes after a killed process.
enum MergeStep: String {
    /// The working form becomes what the state says.
    case apply
    /// The working form becomes what it was before the merge, and the state goes.
    case abort

    private static let firstLine = "amx merge 1"

    /// The note's bytes.
    var encoded: [UInt8] { Array("\(Self.firstLine)\n\(rawValue)\n".utf8) }

    /// Reads a note; nil for anything else.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, lines[0] == Self.firstLine[...],
            let step = MergeStep(rawValue: String(lines[1]))
        else {
            return nil
        }
        self = step
    }
}
