/// Finds the commits that one set of tips reaches and another doesn't.
///
/// Both sides are walked newest first, as `git rev-list` does: a commit that turns out to be on the receiver's side takes
/// what was found below it along. The walk ends when only the receiver's commits are left that are all older than what was
/// found, and a few more have brought nothing, which tolerates clocks that differ a little.
struct DifferenceWalk {
    private static let patience = 5
    /// Receivers may name thousands of commits; the trees of these many are looked at beyond those where the sides meet.
    private static let tipsWithTrees = 64

    private let walk: CommitWalk
    private var queue = NodeQueue()
    private var flags: [ObjectID: Flags] = [:]
    /// The parents of the commits that have been walked.
    private var parents: [ObjectID: [ObjectID]] = [:]
    private var interesting = 0
    private var tips: [ObjectID] = []

    init(_ walk: CommitWalk) { self.walk = walk }

    /// Adds a tip; those of the receiver come first.
    mutating func start(_ id: ObjectID, isWanted: Bool) throws(AmxError) {
        guard flags[id] == nil else { return }
        flags[id] = isWanted ? [] : .uninteresting
        if isWanted { interesting += 1 } else { tips.append(id) }
        queue.push(try walk.node(id))
    }

    /// The wanted commits, newest first, and the trees that the receiver has where the sides meet.
    mutating func run() throws(AmxError) -> (found: [CommitWalk.Node], edgeTrees: [ObjectID]) {
        var found: [CommitWalk.Node] = []
        var oldest = Int64.max
        var patience = Self.patience
        while interesting > 0 || (!found.isEmpty && patience > 0), let next = queue.pop() {
            let isUninteresting = flags[next.id, default: []].contains(.uninteresting)
            flags[next.id, default: []].insert(.walked)
            if !isUninteresting {
                interesting -= 1
                found.append(next)
                oldest = min(oldest, next.time)
            }
            let reached = try walk.parents(of: next)
            parents[next.id] = reached
            for parent in reached {
                if flags[parent] == nil {
                    flags[parent] = isUninteresting ? .uninteresting : []
                    if !isUninteresting { interesting += 1 }
                    queue.push(try walk.node(parent))
                } else if isUninteresting {
                    dismiss(parent)
                }
            }
            patience = interesting > 0 || next.time >= oldest ? Self.patience : patience - 1
        }
        let kept = found.filter { !flags[$0.id, default: []].contains(.uninteresting) }
        guard !kept.isEmpty else { return ([], []) }
        var edges = Set(tips.prefix(Self.tipsWithTrees))
        for commit in found where flags[commit.id, default: []].contains(.uninteresting) { edges.insert(commit.id) }
        for commit in kept {
            for parent in parents[commit.id, default: []] where flags[parent, default: []].contains(.uninteresting) {
                edges.insert(parent)
            }
        }
        var trees: [ObjectID] = []
        for edge in edges.sorted() { trees.append(try walk.node(edge).tree) }
        return (kept, trees)
    }

    /// Marks a commit, and all that has been found below it, as the receiver's.
    private mutating func dismiss(_ id: ObjectID) {
        var pending = [id]
        while let next = pending.popLast() {
            let known = flags[next, default: []]
            guard !known.contains(.uninteresting) else { continue }
            flags[next] = known.union(.uninteresting)
            if known.contains(.walked) { pending += parents[next, default: []] } else { interesting -= 1 }
        }
    }

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let uninteresting = Flags(rawValue: 1)
        static let walked = Flags(rawValue: 2)
    }
}
