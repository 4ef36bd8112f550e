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

    /// Whether to look for what each object may be a delta against on the receiver's side, for a thin pack.
    package var findsBases = false

    /// Starts in a repository.
    package init(_ repository: Repository) { self.repository = repository }

    /// The objects reachable from `wants` and not from `haves`, tags and commits first.
    ///
    /// Wants may be commits, tags, trees or blobs; they themselves are never filtered out. Haves that the repository
    /// doesn't know are ignored. `.notFound` when a wanted object is missing.
    package func objects(wants: [ObjectID], haves: [ObjectID]) throws(AmxError) -> [PackObject] {
        var search = Search(repository: repository, filter: filter, findsBases: findsBases)
        var tips: [ObjectID] = []
        var trees: [ObjectID] = []
        for want in wants {
            var current = want
            while true {
                guard let header = try repository.header(current) else {
                    throw AmxError(.notFound, "object \(current) is not here", hint: AmxError.damagedStore)
                }
                if header.kind == .commit { tips.append(current) }
                guard header.kind != .commit, search.add(current, path: nil) else { break }
                if header.kind == .tree { trees.append(current) }
                guard header.kind == .tag else { break }
                current = try repository.tag(current).target
            }
        }
        let commits = try CommitWalk(repository, shallow: shallow).missing(wants: tips, haves: haves)
        for tree in commits.edgeTrees { try search.markKnown(tree) }
        for commit in commits.found { search.add(commit.id, path: nil) }
        for tree in trees { try search.collect(tree, isWanted: true) }
        for commit in commits.found { try search.collect(commit.tree, isWanted: false) }
        return search.found
    }

    /// What has been found and seen so far.
    private struct Search {
        let repository: Repository
        let filter: ObjectFilter
        let findsBases: Bool
        var found: [PackObject] = []
        /// What the receiver has at each path, of the first of its trees that has something there.
        private var bases: [[UInt8]: ObjectID] = [:]
        /// Objects that are found or that the receiver has.
        private var seen: Set<ObjectID> = []
        /// With a filter by depth, the least depth at which a tree was looked into: at a lesser one it shows more.
        private var depths: [ObjectID: Int] = [:]

        init(repository: Repository, filter: ObjectFilter, findsBases: Bool) {
            self.repository = repository
            self.filter = filter
            self.findsBases = findsBases
        }

        /// Returns whether the object is new.
        @discardableResult
        mutating func add(_ id: ObjectID, path: [UInt8]?) -> Bool {
            guard seen.insert(id).inserted else { return false }
            found.append(PackObject(id: id, path: path, base: path.flatMap { bases[$0] }))
            return true
        }

        /// Marks a tree and all below it as known to the receiver.
        mutating func markKnown(_ tree: ObjectID) throws(AmxError) {
            var pending: [(id: ObjectID, path: [UInt8])] = [(tree, [])]
            while let (next, path) = pending.popLast() {
                guard seen.insert(next).inserted, repository.contains(next) else { continue }
                // A tree that the receiver has is whole there, whatever a filter says.
                depths[next] = 0
                if findsBases, bases[path] == nil { bases[path] = next }
                for entry in try repository.entries(ofTree: next) {
                    let child = findsBases ? Self.path(entry, below: path) : []
                    if entry.isTree {
                        pending.append((entry.id, child))
                    } else if seen.insert(entry.id).inserted, findsBases, bases[child] == nil,
                        repository.contains(entry.id)
                    {
                        bases[child] = entry.id
                    }
                }
            }
        }

        /// Adds a root tree and what the filter leaves of that below it.
        mutating func collect(_ root: ObjectID, isWanted: Bool) throws(AmxError) {
            try collect(root, path: [], depth: 0, isWanted: isWanted)
        }

        private mutating func collect(
            _ tree: ObjectID, path: [UInt8], depth: Int, isWanted: Bool = false
        ) throws(AmxError) {
            // Trees written by other tools may be nested deeper than a capsule's; far beyond that the stack would end.
            guard depth <= 4 * TreeRules.depth else {
                throw AmxError(
                    .failure, "tree \(tree) is nested too deeply",
                    hint: "rewrite the commit without the folders that lie so deep")
            }
            if case .treeDepth(let limit) = filter {
                guard depth < limit || isWanted, depth < depths[tree, default: .max] else { return }
                depths[tree] = depth
                add(tree, path: path)
            } else {
                guard add(tree, path: path) || isWanted else { return }
            }
            // As in git, what stands in a wanted tree counts as no deeper than the root of a commit.
            let depth = isWanted ? 0 : depth + 1
            for entry in try repository.entries(ofTree: tree) {
                let child = Self.path(entry, below: path)
                if entry.isTree {
                    try collect(entry.id, path: child, depth: depth)
                } else if entry.mode != 0o160000, !seen.contains(entry.id) {
                    if try passes(blob: entry.id, depth: depth) { add(entry.id, path: child) }
                }
            }
        }

        private static func path(_ entry: TreeEntry, below path: [UInt8]) -> [UInt8] {
            path.isEmpty ? entry.name : path + [0x2F] + entry.name
        }

        private func passes(blob: ObjectID, depth: Int) throws(AmxError) -> Bool {
            switch filter {
            case .none: true
            case .noBlobs: false
            case .treeDepth(let limit): depth < limit
            case .blobsBelow(let limit): try (repository.header(blob)?.size ?? 0) < limit
            }
        }
    }
}
