package import Objects
import Wire

/// Offers the commits of local references, newest first, leaving out what the other side is known to have.
///
/// First come the commits that the other side has listed itself: it needs to hear of them, but not of their ancestors.
/// Commits are read as they are needed, so a fetch that finds common ground early reads little.
package final class HistoryNegotiator: Negotiator {
    private let repository: Repository
    private let walk: CommitWalk
    private var listed: [ObjectID] = []
    private var queue: [CommitWalk.Node] = []
    private var seen: Set<ObjectID> = []
    private var popped: Set<ObjectID> = []
    private var common: Set<ObjectID> = []
    /// How many commits of the queue are not known to be common.
    private var pending = 0

    /// Starts at some tips, of which those in `listed` (by the other side) are common from the start.
    ///
    /// Objects that are not here, or are no commits in the end, are passed over.
    package init(_ repository: Repository, tips: [ObjectID], listed: [ObjectID]) throws(AmxError) {
        self.repository = repository
        walk = CommitWalk(repository)
        for id in listed {
            guard let commit = try commit(id), !common.contains(commit) else { continue }
            self.listed.append(commit)
            common.insert(commit)
            try push(commit)
        }
        for id in tips {
            guard let commit = try commit(id) else { continue }
            try push(commit)
        }
        self.listed.reverse()
    }

    package func next() throws(AmxError) -> ObjectID? {
        if let id = listed.popLast() { return id }
        while pending > 0, let node = pop() {
            popped.insert(node.id)
            let isCommon = common.contains(node.id)
            if !isCommon { pending -= 1 }
            for parent in node.parents where repository.contains(parent) {
                if isCommon { try markCommon(parent) }
                try push(parent)
            }
            if !isCommon { return node.id }
        }
        return nil
    }

    package func acknowledge(_ id: ObjectID) throws(AmxError) {
        try markCommon(id)
    }

    /// Marks a commit and those of its ancestors that have been seen; the others are marked when they come up.
    private func markCommon(_ id: ObjectID) throws(AmxError) {
        var rest = [id]
        while let next = rest.popLast() {
            guard !common.contains(next) else { continue }
            common.insert(next)
            guard seen.contains(next) else { continue }
            if popped.contains(next) {
                rest.append(contentsOf: try walk.node(next).parents.filter { repository.contains($0) })
            } else {
                pending -= 1
            }
        }
    }

    private func commit(_ id: ObjectID) throws(AmxError) -> ObjectID? {
        guard repository.contains(id) else { return nil }
        let peeled = try repository.peel(id)
        return peeled.kind == .commit ? peeled.id : nil
    }

    // MARK: The queue, a heap with the newest commit first

    private func push(_ id: ObjectID) throws(AmxError) {
        guard seen.insert(id).inserted else { return }
        if !common.contains(id) { pending += 1 }
        queue.append(try walk.node(id))
        var child = queue.count - 1
        while child > 0, queue[(child - 1) / 2].time < queue[child].time {
            queue.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private func pop() -> CommitWalk.Node? {
        guard let first = queue.first else { return nil }
        let last = queue.removeLast()
        guard !queue.isEmpty else { return first }
        queue[0] = last
        var parent = 0
        while true {
            var newest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < queue.count && queue[child].time > queue[newest].time { newest = child }
            if newest == parent { return first }
            queue.swapAt(parent, newest)
            parent = newest
        }
    }
}
