/// Tells which commits and references need an object that is lost, and as which file.
struct ObjectNeeds {
    /// The entries of a tree; empty when it cannot be read.
    typealias Names = (ObjectID) -> [TreeEntry]

    private let graph: ObjectGraph
    private let refs: [ObjectID: [RefName]]
    private let names: Names
    /// Who refers to an object.
    private let users: [ObjectID: [ObjectID]]

    /// Turns the graph's references round, for a graph that has been read and its references.
    init(_ graph: ObjectGraph, _ refs: [Ref], names: @escaping Names) {
        self.graph = graph
        self.names = names
        self.refs = Dictionary(grouping: refs, by: \.id).mapValues { $0.map(\.name).sorted() }
        var users: [ObjectID: [ObjectID]] = [:]
        graph.forEachLink { source, target in users[target, default: []].append(source) }
        self.users = users
    }

    /// What needs an object, as a phrase; nil when no reference leads to it.
    func phrase(for id: ObjectID) -> String? {
        let (commits, path) = holders(of: id)
        // A commit or a tag is needed by what comes after it.
        let needing = references(to: commits.isEmpty ? [id] : commits)
        guard let first = needing.first else { return nil }
        let others = needing.count > 1 ? " and \(needing.count - 1) more" : ""
        let who = "\(first.string)\(others)"
        guard let commit = commits.first else { return "\(who) need\(needing.count > 1 ? "" : "s") it" }
        let more = commits.count > 1 ? " and \(commits.count - 1) more" : ""
        return "\(path ?? "part") of commit \(commit.abbreviated)\(more), in the history of \(who)"
    }

    /// The commits whose content an object is part of, and its path in the first of them.
    private func holders(of id: ObjectID) -> (commits: [ObjectID], path: String?) {
        var commits: [ObjectID] = []
        var next: [ObjectID: ObjectID] = [:]
        var seen: Set<ObjectID> = [id]
        var pending = [id]
        var position = 0
        while position < pending.count {
            let current = pending[position]
            position += 1
            for user in users[current] ?? [] {
                let kind = graph.kinds[user]
                // From commit to commit is history, not content.
                let isContent = kind == .tree || (kind == .commit && graph.kind(current, linkedFrom: user) == .tree)
                guard isContent, seen.insert(user).inserted else { continue }
                next[user] = current
                if kind == .commit { commits.append(user) } else { pending.append(user) }
            }
        }
        return (commits, commits.first.flatMap { path(from: $0, next) })
    }

    private func path(from commit: ObjectID, _ next: [ObjectID: ObjectID]) -> String? {
        guard var tree = next[commit] else { return nil }
        var parts: [[UInt8]] = []
        while let child = next[tree] {
            guard let entry = names(tree).first(where: { $0.id == child }) else { return nil }
            parts.append(entry.name)
            tree = child
        }
        return parts.isEmpty ? "the root folder" : TreeRules.printable(parts.joined(separator: [0x2F]))
    }

    /// The references from which any of some objects can be reached.
    private func references(to ids: [ObjectID]) -> [RefName] {
        var found: Set<RefName> = []
        var seen = Set(ids)
        var pending = ids
        while let current = pending.popLast() {
            found.formUnion(refs[current] ?? [])
            for user in users[current] ?? [] where seen.insert(user).inserted { pending.append(user) }
        }
        // What users know first.
        return found.sorted { ($0.branch == nil ? 1 : 0, $0) < ($1.branch == nil ? 1 : 0, $1) }
    }
}
