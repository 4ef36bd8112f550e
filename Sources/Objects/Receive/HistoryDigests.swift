/// Computes the content digests of a history's trees, each from its blobs, with the work that neighbours share done once.
///
/// It remembers the SHA-256 of every blob and, for each folder's path, the files of the tree that stood there last; so a
/// commit costs the folders that it changed, and less than a microsecond for each file. Not for use by several threads at once.
package final class HistoryDigests {
    private enum Item {
        case file(FileEntry)
        case folder(path: [UInt8], tree: ObjectID)
    }

    private let repository: Repository
    private let limits: Limits
    private let builder = ContentDigest.Builder()
    private var folders: [[UInt8]: (tree: ObjectID, items: [Item])] = [:]
    private var remembered = 0
    private var checksums: [ObjectID: (size: Int, sha256: SHA256Digest)] = [:]

    /// How many files have gone into digests so far, each as often as it was in one.
    package private(set) var files = 0

    /// Starts with nothing remembered.
    package init(_ repository: Repository, limits: Limits = .standard) {
        self.repository = repository
        self.limits = limits
    }

    /// The digest of a tree; throws when a name in it breaks the tree rules or it has more files than the limit.
    package func digest(ofTree tree: ObjectID) throws(AmxError) -> ContentDigest {
        // What an earlier, failed call has added goes first.
        _ = builder.finish()
        try add(tree, at: [], depth: 1)
        return builder.finish()
    }

    private func add(_ tree: ObjectID, at prefix: [UInt8], depth: Int) throws(AmxError) {
        guard depth <= TreeRules.depth else {
            throw AmxError(
                .failure, "tree \(tree) has a path of more than \(TreeRules.depth) components",
                hint: "rewrite the commit without the folders that lie so deep")
        }
        for item in try items(of: tree, at: prefix) {
            switch item {
            case .folder(let path, let tree): try add(tree, at: path, depth: depth + 1)
            case .file(let file):
                guard builder.count < limits.entries else {
                    throw AmxError(
                        .failure, "tree \(tree) has too many files: the limit 'entries' is \(limits.entries)",
                        hint: "split the capsule, or \(Limits.raised("entries"))")
                }
                let checksum = try checksum(of: file)
                try builder.add(
                    mode: file.mode, path: file.path, length: UInt64(checksum.size), content: checksum.sha256)
                files += 1
            }
        }
    }

    private func items(of tree: ObjectID, at prefix: [UInt8]) throws(AmxError) -> [Item] {
        if let known = folders[prefix], known.tree == tree { return known.items }
        var items: [Item] = []
        for entry in try repository.entries(ofTree: tree) {
            let path = prefix + entry.name
            if entry.isTree {
                items.append(.folder(path: path + [UInt8(ascii: "/")], tree: entry.id))
                continue
            }
            let name = try TreePath(bytes: path)
            guard let mode = FileMode(rawValue: entry.mode) else {
                throw AmxError(
                    .failure, "\(name) has mode \(String(entry.mode, radix: 8)): only files can be content",
                    hint: "rewrite the commit: replace the entry by a file")
            }
            items.append(.file(FileEntry(path: name, mode: mode, id: entry.id)))
        }
        // Folders that no tree has any more are forgotten with the others now and then.
        if remembered > 4 * max(limits.entries, 1000) {
            folders.removeAll()
            remembered = 0
        }
        remembered += items.count
        folders[prefix] = (tree, items)
        return items
    }

    private func checksum(of file: FileEntry) throws(AmxError) -> (size: Int, sha256: SHA256Digest) {
        if let known = checksums[file.id] { return known }
        let checksum = try repository.withObject(file.id) { kind, bytes throws(AmxError) in
            guard kind == .blob else {
                throw AmxError(
                    .verification, "\(file.path) is a \(kind.rawValue), not a file", hint: AmxError.damagedStore)
            }
            return (bytes.count, SHA256Hasher.hash(of: bytes))
        }
        checksums[file.id] = checksum
        return checksum
    }
}
