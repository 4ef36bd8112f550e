/// Commits waiting to be walked, the newest first; equal times come in the order of arrival.
struct NodeQueue {
    private var heap: [(node: CommitWalk.Node, order: Int)] = []
    private var arrivals = 0

    /// The newest commit, which `pop` takes out next.
    var first: CommitWalk.Node? { heap.first?.node }

    mutating func push(_ node: CommitWalk.Node) {
        heap.append((node, arrivals))
        arrivals += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(child, parent) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> CommitWalk.Node? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if heap.isEmpty { return first.node }
        heap[0] = last
        var parent = 0
        while true {
            var best = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && precedes(child, best) {
                best = child
            }
            if best == parent { return first.node }
            heap.swapAt(parent, best)
            parent = best
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (heap[left], heap[right])
        return left.node.time == right.node.time ? left.order < right.order : left.node.time > right.node.time
    }
}
