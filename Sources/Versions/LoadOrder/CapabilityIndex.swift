/// Finds who provides a capability among many providers, without a look at each of them.
///
/// A tree for each type and number of segments, with one step for each segment; `*` is a step like any other. A requirement without
/// wildcards follows at most two steps at each level.
struct CapabilityIndex {
    private struct Shape: Hashable {
        let type: ByteKey
        let count: Int
    }

    private struct Step: Hashable {
        let node: Int
        let segment: ByteKey
    }

    private struct Node {
        var children: [Int] = []
        /// The one of `*`.
        var wildcard: Int?
        /// Ascending, each once.
        var providers: [Int] = []
    }

    private var roots: [Shape: Int] = [:]
    private var steps: [Step: Int] = [:]
    private var nodes: [Node] = []

    /// Makes an empty index with room for so many segments.
    init(capacity: Int = 0) {
        steps.reserveCapacity(capacity)
        nodes.reserveCapacity(capacity)
    }

    /// Adds what `provider` offers; providers come in ascending order.
    mutating func insert(_ capability: Capability, provider: Int) {
        let shape = Shape(type: ByteKey(capability.type), count: capability.segments.count)
        var node: Int
        if let root = roots[shape] {
            node = root
        } else {
            node = newNode()
            roots[shape] = node
        }
        for segment in capability.segments {
            let step = Step(node: node, segment: ByteKey(segment))
            if let next = steps[step] {
                node = next
                continue
            }
            let next = newNode()
            steps[step] = next
            nodes[node].children.append(next)
            if segment == Capability.wildcard { nodes[node].wildcard = next }
            node = next
        }
        if nodes[node].providers.last != provider { nodes[node].providers.append(provider) }
    }

    /// Those with at least one capability that meets the requirement, ascending, each once.
    func providers(of requirement: Capability) -> [Int] {
        let shape = Shape(type: ByteKey(requirement.type), count: requirement.segments.count)
        guard let root = roots[shape] else { return [] }
        var (reached, next) = ([root], [Int]())
        for segment in requirement.segments {
            next.removeAll(keepingCapacity: true)
            for node in reached {
                guard segment != Capability.wildcard else {
                    next += nodes[node].children
                    continue
                }
                if let child = steps[Step(node: node, segment: ByteKey(segment))] { next.append(child) }
                if let child = nodes[node].wildcard { next.append(child) }
            }
            swap(&reached, &next)
        }
        guard reached.count != 1 else { return nodes[reached[0]].providers }
        return Set(reached.flatMap { nodes[$0].providers }).sorted()
    }

    private mutating func newNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }
}
