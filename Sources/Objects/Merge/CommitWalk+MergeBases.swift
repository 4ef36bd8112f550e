extension CommitWalk {
    /// The best common ancestors of two commits, newest first: those that no other common ancestor descends from.
    ///
    /// Exact, whatever the clocks said. Empty when the histories have nothing in common; several after a criss-cross.
    package func mergeBases(_ first: ObjectID, _ second: ObjectID) throws(AmxError) -> [ObjectID] {
        if first == second { return [first] }
        var reached: [ObjectID: Reach] = [first: .first, second: .second]
        var open: Set<ObjectID> = [first, second]
        var queue = NodeQueue()
        try queue.push(node(first))
        try queue.push(node(second))
        var candidates: [Node] = []
        // Below a common ancestor everything is common too, and of no interest.
        while !open.isEmpty, let next = queue.pop() {
            open.remove(next.id)
            var reach = reached[next.id, default: []]
            if reach.isSuperset(of: [.first, .second]), !reach.contains(.below) {
                if !candidates.contains(where: { $0.id == next.id }) { candidates.append(next) }
                reach.insert(.below)
            }
            for parent in try parents(of: next) {
                let known = reached[parent, default: []]
                guard !known.isSuperset(of: reach) else { continue }
                let joined = known.union(reach)
                reached[parent] = joined
                if joined.contains(.below) { open.remove(parent) } else { open.insert(parent) }
                try queue.push(node(parent))
            }
        }
        candidates.removeAll { reached[$0.id, default: []].contains(.below) }
        var best: [Node] = []
        for candidate in candidates {
            var isBest = true
            for other in candidates where isBest && other.id != candidate.id {
                isBest = try !isAncestor(candidate.id, of: other.id)
            }
            if isBest { best.append(candidate) }
        }
        return best.sorted { $0.time == $1.time ? $0.id < $1.id : $0.time > $1.time }.map(\.id)
    }

    /// From where a commit has been reached.
    private struct Reach: OptionSet {
        let rawValue: UInt8
        static let first = Reach(rawValue: 1)
        static let second = Reach(rawValue: 2)
        /// Through a common ancestor.
        static let below = Reach(rawValue: 4)
    }
}
