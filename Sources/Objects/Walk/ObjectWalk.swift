/// Finds the objects that one side needs and the other side lacks.
///
/// Commits are walked newest first from both sides; what the receiver's commits reach is left out, as are their trees.
/// With a clock that ran backwards more may be found than needed, never less. Memory is in proportion to the objects found
/// plus those of the receiver's newest trees.
package struct ObjectWalk {
    private let repository: Repository
    /// Commits whose parents the receiver will not have, or doesn't have: they are treated as roots.
    package var shallow: Set<ObjectID> = []
    /// What to leave out.
    package var filter: ObjectFilter = .none

    /// Starts in a repository.
    package init(_ repository: Repository) { self.repository = repository }

    /// The objects reachable from `wants` and not from `haves`, tags and commits first.
    ///
    /// Wants may be commits, tags, trees or blobs; directly wanted objects are never filtered out. Haves that the
    /// repository doesn't know are ignored. `.notFound` when a wanted object is missing.
    package func objects(wants: [ObjectID], haves: [ObjectID]) throws(AmxError) -> [PackObject] {
        var result: [PackObject] = []
        var seen: Set<ObjectID> = []
        var tips: [ObjectID] = []
        var trees: [ObjectID] = []
        for want in wants {
            var current = want
            while seen.insert(current).inserted {
                guard let header = try repository.header(current) else {
                    throw AmxError(.notFound, "object \(current) is not here")
                }
                if header.kind == .commit {
                    seen.remove(current)
                    tips.append(current)
                    break
                }
                if header.kind == .tree { trees.append(current) } else { result.append(PackObject(id: current)) }
                guard header.kind == .tag else { break }
                current = try repository.tag(current).target
            }
        }
        let commits = try CommitWalk(repository, shallow: shallow).missing(wants: tips, haves: haves)
        for tree in commits.edgeTrees { try mark(tree, in: &seen) }
        for commit in commits.found where seen.insert(commit.id).inserted { result.append(PackObject(id: commit.id)) }
        for tree in trees {
            seen.remove(tree)
            try collect(tree, path: [], depth: 0, ignoringFilter: true, into: &result, seen: &seen)
        }
        for commit in commits.found {
            try collect(commit.tree, path: [], depth: 0, ignoringFilter: false, into: &result, seen: &seen)
        }
        return result
    }

    /// Marks a tree and all below it as known to the receiver.
    private func mark(_ tree: ObjectID, in seen: inout Set<ObjectID>) throws(AmxError) {
        guard seen.insert(tree).inserted, repository.contains(tree) else { return }
        for entry in try repository.entries(ofTree: tree) {
            if entry.isTree { try mark(entry.id, in: &seen) } else { seen.insert(entry.id) }
        }
    }

    private func collect(
        _ tree: ObjectID, path: [UInt8], depth: Int, ignoringFilter: Bool, into result: inout [PackObject],
        seen: inout Set<ObjectID>
    ) throws(AmxError) {
        // Trees written by other tools may be nested deeper than a capsule's; far beyond that the stack would end.
        guard depth <= 4 * TreeRules.depth else {
            throw AmxError(.failure, "tree \(tree) is nested too deeply")
        }
        if case .treeDepth(let limit) = filter, depth >= limit, !ignoringFilter { return }
        guard seen.insert(tree).inserted else { return }
        result.append(PackObject(id: tree, path: path))
        for entry in try repository.entries(ofTree: tree) {
            let child = path.isEmpty ? entry.name : path + [0x2F] + entry.name
            if entry.isTree {
                try collect(
                    entry.id, path: child, depth: depth + 1, ignoringFilter: ignoringFilter, into: &result, seen: &seen)
            } else if entry.mode != 0o160000, !seen.contains(entry.id) {
                if !ignoringFilter {
                    guard try isWanted(blob: entry.id, depth: depth + 1) else { continue }
                }
                seen.insert(entry.id)
                result.append(PackObject(id: entry.id, path: child))
            }
        }
    }

    private func isWanted(blob: ObjectID, depth: Int) throws(AmxError) -> Bool {
        switch filter {
        case .none: return true
        case .noBlobs: return false
        case .treeDepth(let limit): return depth < limit
        case .blobsBelow(let limit): return try (repository.header(blob)?.size ?? 0) < limit
        }
    }
}
