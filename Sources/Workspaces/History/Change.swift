package import Objects

/// One file that differs between two contents.
package struct Change: Sendable, Hashable {
    /// What happened to it.
    package enum Status: String, Sendable, Hashable {
        case added
        case modified
        case deleted

        /// The letter that git's `--name-status` uses.
        package var letter: String {
            switch self {
            case .added: "A"
            case .modified: "M"
            case .deleted: "D"
            }
        }
    }

    /// Its path.
    package let path: TreePath
    /// The file before; nil when it is new.
    package let old: FileEntry?
    /// The file afterwards; nil when it is gone.
    package let new: FileEntry?

    /// Makes the change from one file to another at the same path; nil when there is neither.
    init?(_ old: FileEntry?, _ new: FileEntry?) {
        guard let path = (new ?? old)?.path else { return nil }
        self.init(path: path, old: old, new: new)
    }

    init(path: TreePath, old: FileEntry?, new: FileEntry?) {
        (self.path, self.old, self.new) = (path, old, new)
    }

    /// What happened to it.
    package var status: Status {
        if old == nil { return .added }
        return new == nil ? .deleted : .modified
    }

    /// The changes from one list of files to another, both in bytewise path order.
    package static func between(_ old: [FileEntry], _ new: [FileEntry]) -> [Change] {
        var changes: [Change] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if right == new.count || (left < old.count && old[left].path < new[right].path) {
                changes.append(Change(path: old[left].path, old: old[left], new: nil))
                left += 1
            } else if left == old.count || new[right].path < old[left].path {
                changes.append(Change(path: new[right].path, old: nil, new: new[right]))
                right += 1
            } else {
                if old[left] != new[right] {
                    changes.append(Change(path: old[left].path, old: old[left], new: new[right]))
                }
                left += 1
                right += 1
            }
        }
        return changes
    }
}
