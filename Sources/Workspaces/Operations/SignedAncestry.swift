import Objects

/// Which commits of a history descend from a signed one.
struct SignedAncestry {
    private var below: Set<ObjectID> = []

    /// Looks at the commits of a whole history; each one's answer comes after those of its parents, whatever the clocks said.
    init(_ nodes: [CommitWalk.Node], isSigned: (ObjectID) -> Bool) {
        var children: [ObjectID: [ObjectID]] = [:]
        for node in nodes { for parent in node.parents { children[parent, default: []].append(node.id) } }
        var pending = nodes.map(\.id).filter(isSigned)
        while let id = pending.popLast() {
            for child in children[id] ?? [] where below.insert(child).inserted { pending.append(child) }
        }
    }

    /// Whether a signed commit is among a commit's ancestors.
    func isBelow(_ id: ObjectID) -> Bool { below.contains(id) }
}
