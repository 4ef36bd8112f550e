import Objects
import Wire

/// Works out where a shallow client's history ends after a fetch.
///
/// Source: gitprotocol-pack(5), "Reference Discovery" to "Packfile Negotiation"; the counting is that of git's
/// `upload-pack`: with depth 1 the tips themselves are the boundary. A commit without parents is never one.
struct ShallowHistory {
    private let repository: Repository
    private let walk: CommitWalk

    init(_ repository: Repository) {
        self.repository = repository
        walk = CommitWalk(repository)
    }

    /// How the boundary changes by a request; nothing when it doesn't ask for that.
    func update(for request: FetchRequest) throws(AmxError) -> ShallowUpdate {
        guard let deepening = request.deepening else { return ShallowUpdate() }
        let client = Set(request.shallow.filter { repository.contains($0) })
        let history: (boundary: [ObjectID], inside: Set<ObjectID>)
        switch deepening {
        case .depth(Deepening.infiniteDepth, _):
            return ShallowUpdate(unshallow: client.sorted())
        case .depth(let depth, let relative):
            // The client's own boundary is the first level of what is added to it.
            history =
                try relative
                ? commits(from: client.sorted(), depth: depth.addingReportingOverflow(1).partialValue)
                : commits(from: tips(of: request.wants), depth: depth)
        case .revisions(let since, let excluded):
            history = try commits(from: tips(of: request.wants), since: since, excluding: excluded)
        }
        return ShallowUpdate(
            shallow: history.boundary.filter { !client.contains($0) },
            unshallow: client.intersection(history.inside).sorted())
    }

    private func tips(of wants: [ObjectID]) throws(AmxError) -> [ObjectID] {
        var tips: [ObjectID] = []
        for want in wants {
            let (id, kind) = try repository.peel(want)
            if kind == .commit { tips.append(id) }
        }
        return tips
    }

    /// The commits fewer than `depth` steps from the tips, split into those whose parents are further and the others.
    private func commits(
        from tips: [ObjectID], depth: Int
    ) throws(AmxError) -> (boundary: [ObjectID], inside: Set<ObjectID>) {
        var boundary: [ObjectID] = []
        var inside: Set<ObjectID> = []
        var seen = Set(tips)
        var level = seen.sorted()
        var distance = 1
        while !level.isEmpty {
            var next: [ObjectID] = []
            for id in level {
                let parents = try walk.node(id).parents
                guard distance < depth || parents.isEmpty else {
                    boundary.append(id)
                    continue
                }
                inside.insert(id)
                next += parents.filter { seen.insert($0).inserted }
            }
            level = next
            distance += 1
        }
        return (boundary, inside)
    }

    /// The commits that are new enough and not reached from the excluded refs, split as above. The tips always count.
    private func commits(
        from tips: [ObjectID], since: Int?, excluding names: [String]
    ) throws(AmxError) -> (boundary: [ObjectID], inside: Set<ObjectID>) {
        let excluded = try excludedTips(names)
        let found = try walk.missing(wants: tips, haves: excluded).found
        let selected = Set(found.filter { node in since.map { node.time >= Int64($0) } ?? true }.map(\.id))
        guard tips.contains(where: selected.contains) else {
            throw AmxError(.failure, "limiting the history: no commits are selected")
        }
        var boundary: [ObjectID] = []
        var inside: Set<ObjectID> = []
        var seen = Set(tips)
        var queue = tips
        while let id = queue.popLast() {
            let parents = try walk.node(id).parents
            if parents.allSatisfy(selected.contains) {
                inside.insert(id)
                queue += parents.filter { seen.insert($0).inserted }
            } else {
                // All parents of a boundary commit are cut off, also those that were selected.
                boundary.append(id)
            }
        }
        return (boundary.sorted(), inside)
    }

    private func excludedTips(_ names: [String]) throws(AmxError) -> [ObjectID] {
        guard !names.isEmpty else { return [] }
        let refs = try repository.refs.snapshot()
        var tips: [ObjectID] = []
        for name in names {
            let candidates = [RefName(name), RefName(tag: name), RefName(branch: name)].compactMap { $0 }
            guard let ref = candidates.lazy.compactMap({ refs[$0] }).first else {
                throw AmxError(.failure, "limiting the history: there is no ref '\(RemoteText.oneLine(name))'")
            }
            tips.append(ref.commit)
        }
        return tips
    }
}
