package import Capsules
package import Objects

/// A path of a merge that is left to decide.
package struct MergeConflict: Sendable, Hashable {
    /// What is undecided.
    package enum Kind: String, Sendable, Hashable {
        /// Lines that both changed: the file has markers.
        case text
        /// Values that both changed: the file has ours there.
        case json
        case yaml
        /// Rows that both changed: the file has ours there.
        case rows
        /// Both changed content that cannot be merged: the file is ours.
        case binary
        /// One side removed the file, the other changed it: it is the changed one.
        case removed
        /// One side has a file where the other has a folder.
        case folder
        /// Both gave the file different modes: it has ours.
        case mode
        /// The files merged, and the manifest does not fit them.
        case manifest

        init(_ kind: FileMerge.Conflict.Kind) {
            switch kind {
            case .text: self = .text
            case .json: self = .json
            case .yaml: self = .yaml
            case .rows: self = .rows
            case .binary: self = .binary
            }
        }
    }

    /// The file.
    package let path: TreePath
    package let kind: Kind
    /// What it is about.
    package internal(set) var type = ConflictType.data
    /// The places in a JSON or YAML document.
    package var values: [JSONConflict] = []
    /// The rows, counted from 0.
    package var rows: [Int] = []
    /// Where the other side's file is kept; nil when it is not.
    package var beside: TreePath?
    /// The side that removed the file, or whose file gave way to a folder.
    package var side: MergeSide?
    /// More about it, for people.
    package var reason: String?

    init(_ path: TreePath, _ kind: Kind) { (self.path, self.kind) = (path, kind) }
}
