/// Finds out, step by step, whether each of some commits reaches one of a growing set of others.
///
/// All calls together look at each commit at most once, so that nobody can make the same history be walked again and
/// again by naming one commit more each time. Commits older than the oldest known goal are not looked at: where clocks ran
/// backwards, the answer may be no although it is yes. Used by one thread.
package struct ReachWalk {
    private let walk: CommitWalk
    private var queue = NodeQueue()
    private var seen: Set<ObjectID> = []
    /// The walked commits that have a commit as parent.
    private var children: [ObjectID: [ObjectID]] = [:]
    /// The goals, and the commits known to reach one.
    private var reaching: Set<ObjectID> = []
    private var open: Set<ObjectID>
    private var oldest = Int64.max

    /// Prepares to ask about commits, which must exist.
    package init(_ repository: Repository, from starts: [ObjectID]) throws(AmxError) {
        walk = CommitWalk(repository)
        open = Set(starts)
        for start in starts where seen.insert(start).inserted { queue.push(try walk.node(start)) }
    }

    /// Adds a commit that is good to reach; it must exist.
    package mutating func add(goal: ObjectID) throws(AmxError) {
        oldest = min(oldest, try walk.node(goal).time)
        mark(goal)
    }

    /// Whether every start is a goal or reaches one, as far as the clocks tell.
    package mutating func isComplete() throws(AmxError) -> Bool {
        while !open.isEmpty, let newest = queue.first, newest.time >= oldest, let next = queue.pop() {
            guard !reaching.contains(next.id) else { continue }
            for parent in try walk.parents(of: next) {
                children[parent, default: []].append(next.id)
                if reaching.contains(parent) { mark(next.id) }
                if seen.insert(parent).inserted { queue.push(try walk.node(parent)) }
            }
        }
        return open.isEmpty
    }

    /// Notes that a commit reaches a goal, and with it all that were found to reach the commit.
    private mutating func mark(_ id: ObjectID) {
        var marked = [id]
        while let id = marked.popLast() {
            guard reaching.insert(id).inserted else { continue }
            open.remove(id)
            marked += children[id] ?? []
        }
    }
}
