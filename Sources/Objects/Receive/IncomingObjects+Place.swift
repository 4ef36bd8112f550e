extension IncomingObjects {
    /// The error for an entry that breaks a tree rule, with its path from the root where a tip leads to it.
    ///
    /// Only new trees are looked into, each once, so this costs no more than receiving them did.
    func error(for violation: TreeViolation, tips: [ObjectID]) -> AmxError {
        guard let place = place(ofTree: violation.tree, from: tips) else { return violation.error }
        return error(for: violation, in: place.folder, of: place.commit)
    }

    /// The error for an entry of a folder, which is empty or ends in a slash, that breaks a tree rule.
    func error(for violation: TreeViolation, in folder: [UInt8], of commit: ObjectID) -> AmxError {
        let path = violation.name.map { folder + $0 } ?? folder
        let shown = path.isEmpty ? "the root folder" : "'\(TreeRules.printable(path))'"
        return AmxError(
            .failure, "cannot take \(shown) of commit \(commit.abbreviated): \(violation.reason)",
            hint: violation.hint)
    }

    /// A new commit that holds a tree, and the tree's path in it with a final slash; empty for the root.
    private func place(ofTree target: ObjectID, from tips: [ObjectID]) -> (commit: ObjectID, folder: [UInt8])? {
        var seen: Set<ObjectID> = []
        var commits = tips
        while let id = commits.popLast() {
            guard seen.insert(id).inserted, let kind = objects[id]?.kind else { continue }
            switch kind {
            case .tag:
                if let tag = try? reader.tag(id) { commits.append(tag.target) }
            case .commit:
                guard let commit = try? reader.commit(id) else { continue }
                if let folder = folder(ofTree: target, below: commit.tree, &seen) { return (id, folder) }
                commits += commit.parents
            case .tree, .blob: continue
            }
        }
        return nil
    }

    private func folder(
        ofTree target: ObjectID, below root: ObjectID, _ seen: inout Set<ObjectID>
    ) -> [UInt8]? {
        var pending: [(tree: ObjectID, path: [UInt8])] = [(root, [])]
        while let (tree, path) = pending.popLast() {
            if tree == target { return path }
            // What is longer than any path may be need not be shown.
            guard path.count <= TreeRules.pathBytes, seen.insert(tree).inserted, isNew(tree),
                let entries = try? reader.entries(ofTree: tree)
            else { continue }
            for entry in entries where entry.isTree { pending.append((entry.id, path + entry.name + [0x2F])) }
        }
        return nil
    }
}
