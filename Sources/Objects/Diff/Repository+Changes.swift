extension Repository {
    /// A file of either of two trees that the other lacks or has otherwise.
    package typealias FileChange = (old: FileEntry?, new: FileEntry?)

    /// The files in which two trees differ, in bytewise path order; a nil tree is empty.
    ///
    /// Folders that are the same in both are not read. Throws when anything that differs breaks the tree rules.
    package func changedFiles(from old: ObjectID?, to new: ObjectID?) throws(AmxError) -> [FileChange] {
        var changes: [FileChange] = []
        try collect(old, new, prefix: [], depth: 0, into: &changes)
        return changes
    }

    private func collect(
        _ old: ObjectID?, _ new: ObjectID?, prefix: [UInt8], depth: Int, into changes: inout [FileChange]
    ) throws(AmxError) {
        guard old != new else { return }
        guard depth <= TreeRules.depth else {
            throw AmxError(
                .failure, "\(TreeRules.printable(prefix)) is nested deeper than \(TreeRules.depth) folders")
        }
        var left: [TreeEntry] = []
        var right: [TreeEntry] = []
        if let old { left = try entries(ofTree: old) }
        if let new { right = try entries(ofTree: new) }
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            let order = i == left.count ? 1 : j == right.count ? -1 : Self.order(left[i], right[j])
            let before = order <= 0 ? left[i] : nil
            let after = order >= 0 ? right[j] : nil
            if order <= 0 { i += 1 }
            if order >= 0 { j += 1 }
            guard let entry = after ?? before, before != after else { continue }
            let path = prefix + entry.name
            if entry.isTree {
                try collect(before?.id, after?.id, prefix: path + [0x2F], depth: depth + 1, into: &changes)
                continue
            }
            guard changes.count < 2 * Limits.standard.entries else {
                throw AmxError(.failure, "more than \(2 * Limits.standard.entries) files differ")
            }
            changes.append((try file(before, at: path), try file(after, at: path)))
        }
    }

    private func file(_ entry: TreeEntry?, at path: [UInt8]) throws(AmxError) -> FileEntry? {
        guard let entry else { return nil }
        let name = try TreePath(bytes: path)
        guard let mode = FileMode(rawValue: entry.mode) else {
            throw AmxError(
                .failure, "\(name.string) has mode \(String(entry.mode, radix: 8)): only regular files can be content")
        }
        return FileEntry(path: name, mode: mode, id: entry.id)
    }

    /// The order of git's trees, in which a folder's name ends in a slash; a file and a folder of one name are two entries.
    private static func order(_ left: TreeEntry, _ right: TreeEntry) -> Int {
        let (first, second) = (left.name + (left.isTree ? [0x2F] : []), right.name + (right.isTree ? [0x2F] : []))
        if first == second { return 0 }
        return first.lexicographicallyPrecedes(second) ? -1 : 1
    }
}
