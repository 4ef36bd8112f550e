/// Walks commits newest first.
package struct CommitWalk {
    /// A commit's place in history, without its message.
    package struct Node: Sendable {
        package var id: ObjectID
        package var tree: ObjectID
        package var parents: [ObjectID]
        package var time: Int64
    }

    private let repository: Repository
    private let shallow: Set<ObjectID>

    /// Starts in a repository; the parents of `shallow` commits are not looked at.
    package init(_ repository: Repository, shallow: Set<ObjectID> = []) {
        self.repository = repository
        self.shallow = shallow
    }

    /// Reads one commit's place.
    package func node(_ id: ObjectID) throws(AmxError) -> Node {
        let commit = try repository.place(ofCommit: id)
        return Node(id: id, tree: commit.tree, parents: shallow.contains(id) ? [] : commit.parents, time: commit.time)
    }

    /// The commits that `wants` reach and `haves` don't, newest first, and the trees where the two meet.
    ///
    /// Both hold commits; a have may also be a tag, or unknown. Commits whose clocks ran backwards may make the first list
    /// longer than it need be, never shorter.
    package func missing(
        wants: [ObjectID], haves: [ObjectID]
    ) throws(AmxError) -> (found: [Node], edgeTrees: [ObjectID]) {
        var walk = DifferenceWalk(self)
        for id in haves where repository.contains(id) {
            let target = try repository.peel(id)
            if target.kind == .commit { try walk.start(target.id, isWanted: false) }
        }
        for id in wants { try walk.start(id, isWanted: true) }
        return try walk.run()
    }

    /// The parents of a commit as far as they are here.
    ///
    /// History that a shallow repository doesn't have ends without an error; elsewhere a missing parent is damage.
    func parents(of node: Node) throws(AmxError) -> [ObjectID] {
        var known: [ObjectID] = []
        for parent in node.parents {
            if repository.contains(parent) {
                known.append(parent)
            } else if try !repository.shallowCommits().contains(node.id) {
                throw AmxError(
                    .verification, "the history of \(repository.path) is damaged: commit \(parent) is missing",
                    hint: AmxError.damagedStore)
            }
        }
        return known
    }

    /// Whether `ancestor` is `descendant` or is reached from it; exact, whatever the clocks said.
    ///
    /// Both histories are walked down together, so that what lies below their meeting is not looked at.
    package func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(AmxError) -> Bool {
        if ancestor == descendant { return true }
        guard repository.contains(ancestor), repository.contains(descendant) else { return false }
        // Commits known to be below the ancestor tell nothing about it: once only such are left, it was not found.
        var isBelow: [ObjectID: Bool] = [ancestor: true, descendant: false]
        var open: Set<ObjectID> = [descendant]
        var queue = NodeQueue()
        try queue.push(node(ancestor))
        try queue.push(node(descendant))
        while !open.isEmpty, let next = queue.pop() {
            open.remove(next.id)
            let below = isBelow[next.id, default: false]
            for parent in try parents(of: next) {
                if parent == ancestor, !below { return true }
                if let known = isBelow[parent], known || !below { continue }
                // New, or seen from the other side before: then it is walked once more, as one below the ancestor.
                isBelow[parent] = below
                if below { open.remove(parent) } else { open.insert(parent) }
                try queue.push(node(parent))
            }
        }
        return false
    }

    /// Visits commits from some tips, newest first, each once, until `body` returns false.
    package func visit(_ tips: [ObjectID], _ body: (Node) throws(AmxError) -> Bool) throws(AmxError) {
        var seen: Set<ObjectID> = []
        var queue = NodeQueue()
        for tip in tips where seen.insert(tip).inserted { queue.push(try node(tip)) }
        while let next = queue.pop() {
            guard try body(next) else { return }
            for parent in try parents(of: next) where seen.insert(parent).inserted { queue.push(try node(parent)) }
        }
    }
}
