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
        let commit = try repository.commit(id)
        return Node(
            id: id, tree: commit.tree, parents: shallow.contains(id) ? [] : commit.parents, time: commit.committer.time)
    }

    /// The commits that `wants` reach and `haves` don't, newest first, and the trees where the two meet.
    package func missing(
        wants: [ObjectID], haves: [ObjectID]
    ) throws(AmxError) -> (found: [Node], edgeTrees: [ObjectID]) {
        var flags: [ObjectID: Flags] = [:]
        var queue = NodeQueue()
        var interesting = 0
        for id in haves where flags[id] == nil && repository.contains(id) {
            guard let commit = try? repository.peelToCommit(id), flags[commit] == nil else { continue }
            flags[commit] = .uninteresting
            queue.push(try node(commit))
        }
        for id in wants where flags[id] == nil {
            flags[id] = []
            queue.push(try node(id))
            interesting += 1
        }
        var found: [Node] = []
        var edges: [ObjectID] = []
        while interesting > 0, let next = queue.pop() {
            let isUninteresting = flags[next.id, default: []].contains(.uninteresting)
            flags[next.id, default: []].insert(.popped)
            if !isUninteresting {
                interesting -= 1
                found.append(next)
            } else {
                edges.append(next.tree)
            }
            for parent in next.parents {
                guard let known = flags[parent] else {
                    // History that a shallow repository doesn't have ends here.
                    guard repository.contains(parent) else { continue }
                    flags[parent] = isUninteresting ? .uninteresting : []
                    if !isUninteresting { interesting += 1 }
                    queue.push(try node(parent))
                    continue
                }
                if isUninteresting, !known.contains(.uninteresting) {
                    flags[parent] = known.union(.uninteresting)
                    if !known.contains(.popped) { interesting -= 1 }
                }
            }
        }
        // What was found before its descendant on the receiver's side came up is dropped again.
        let kept = found.filter { !flags[$0.id, default: []].contains(.uninteresting) }
        while let rest = queue.pop() { edges.append(rest.tree) }
        return (kept, edges)
    }

    /// Whether `ancestor` is `descendant` or is reached from it; exact, whatever the clocks said.
    package func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(AmxError) -> Bool {
        if ancestor == descendant { return true }
        guard repository.contains(ancestor), repository.contains(descendant) else { return false }
        var isFound = false
        try visit([descendant]) { node in
            isFound = node.id == ancestor || node.parents.contains(ancestor)
            return !isFound
        }
        return isFound
    }

    /// Visits commits from some tips, newest first, each once, until `body` returns false.
    package func visit(_ tips: [ObjectID], _ body: (Node) throws(AmxError) -> Bool) throws(AmxError) {
        var seen: Set<ObjectID> = []
        var queue = NodeQueue()
        for tip in tips where seen.insert(tip).inserted { queue.push(try node(tip)) }
        while let next = queue.pop() {
            guard try body(next) else { return }
            for parent in next.parents where seen.insert(parent).inserted && repository.contains(parent) {
                queue.push(try node(parent))
            }
        }
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let uninteresting = Flags(rawValue: 1)
        static let popped = Flags(rawValue: 2)
    }
}
