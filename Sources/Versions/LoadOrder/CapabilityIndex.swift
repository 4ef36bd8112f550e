/// Finds who provides a capability among many providers, without a look at each of them.
///
/// A tree for each type and number of segments, with one step for each segment; `*` is a step like any other. A requirement without
/// wildcards follows at most two steps at each level.
struct CapabilityIndex {
    private struct Shape: Hashable {
        let type: [UInt8]
        let count: Int
    }

    private struct Step: Hashable {
        let node: Int
        let segment: [UInt8]
    }

    private struct Node {
        var children: [Int] = []
        /// Ascending, each once.
        var providers: [Int] = []
    }

    private var roots: [Shape: Int] = [:]
    private var steps: [Step: Int] = [:]
    private var nodes: [Node] = []

    /// Adds what `provider` offers; providers come in ascending order.
    mutating func insert(_ capability: Capability, provider: Int) {
        let shape = Shape(type: capability.type, count: capability.segments.count)
        var node = roots[shape] ?? newNode()
        roots[shape] = node
        for segment in capability.segments {
            let step = Step(node: node, segment: segment)
            if let next = steps[step] {
                node = next
            } else {
                let next = newNode()
                nodes[node].children.append(next)
                steps[step] = next
                node = next
            }
        }
        if nodes[node].providers.last != provider { nodes[node].providers.append(provider) }
    }

    /// Those with at least one capability that meets the requirement, ascending, each once.
    func providers(of requirement: Capability) -> [Int] {
        guard let root = roots[Shape(type: requirement.type, count: requirement.segments.count)] else { return [] }
        var reached = [root]
        for segment in requirement.segments {
            guard segment != Capability.wildcard else {
                reached = reached.flatMap { nodes[$0].children }
                continue
            }
            reached = reached.flatMap { node in
                [segment, Capability.wildcard].compactMap { steps[Step(node: node, segment: $0)] }
            }
        }
        guard reached.count != 1 else { return nodes[reached[0]].providers }
        return Set(reached.flatMap { nodes[$0].providers }).sorted()
    }

    private mutating func newNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }
}
