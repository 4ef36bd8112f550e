/// Who waits for whom.
///
/// A requirement that several candidates have is one *junction*: it waits for all of its providers, and they for it. So the graph grows
/// with the sum of both, and not with their product.
struct LoadGraph {
    private struct Junction {
        let providers: [Int]
        var consumers: [Int] = []
        /// How many providers have not been placed.
        var pending: Int
    }

    /// Requirements that nobody else meets.
    private(set) var unmet: [(candidate: Int, requirement: String)] = []
    private var junctions: [Junction] = []
    /// By candidate: the junctions that wait for it.
    private var provided: [[Int]]
    /// By candidate: the junctions that it waits for.
    private var required: [[Int]]
    /// By candidate: how many junctions it still waits for.
    private var pending: [Int]

    /// Finds who provides what everybody requires.
    init(_ candidates: [LoadCandidate]) {
        provided = Array(repeating: [], count: candidates.count)
        required = provided
        pending = Array(repeating: 0, count: candidates.count)
        let offered = candidates.reduce(0) { sum, candidate in
            sum + candidate.provides.reduce(0) { $0 + $1.segments.count }
        }
        var index = CapabilityIndex(capacity: offered)
        for (place, candidate) in candidates.enumerated() {
            for capability in candidate.provides { index.insert(capability, provider: place) }
        }
        // By the text: what is written in two ways is looked up twice.
        var consumers: [ByteKey: Int] = [:]
        consumers.reserveCapacity(candidates.reduce(0) { $0 + $1.requires.count })
        var groups: [(providers: [Int], consumers: [Int])] = []
        for (place, candidate) in candidates.enumerated() {
            for requirement in candidate.requires {
                let key = ByteKey(Array(requirement.utf8))
                let group = consumers[key] ?? groups.count
                if group == groups.count {
                    consumers[key] = group
                    groups.append((index.providers(of: Capability(requirement)), []))
                }
                let isAlone = groups[group].providers.count == 1 && groups[group].providers[0] == place
                if groups[group].providers.isEmpty || isAlone { unmet.append((place, requirement)) }
                if groups[group].consumers.last != place { groups[group].consumers.append(place) }
            }
        }
        for group in groups { connect(group.providers, group.consumers) }
    }

    /// A candidate that provides what it requires never waits for itself, only for the other providers.
    ///
    /// Two of those wait for each other whatever else happens, so they may share a junction.
    private mutating func connect(_ providers: [Int], _ consumers: [Int]) {
        if providers.count == 1, !consumers.contains(providers[0]) { return join(providers, consumers) }
        let providing = Set(providers)
        let both = consumers.filter { providing.contains($0) }
        guard both.count == 1, let alone = both.first else { return join(providers, consumers) }
        join(providers.filter { $0 != alone }, [alone])
        join(providers, consumers.filter { $0 != alone })
    }

    private mutating func join(_ providers: [Int], _ consumers: [Int]) {
        guard !providers.isEmpty, !consumers.isEmpty else { return }
        for provider in providers { provided[provider].append(junctions.count) }
        for consumer in consumers {
            required[consumer].append(junctions.count)
            pending[consumer] += 1
        }
        junctions.append(Junction(providers: providers, consumers: consumers, pending: providers.count))
    }

    /// Places all candidates that can be placed, first come first served; those that a placed one sets free follow in their own order.
    mutating func sorted() -> [Int] {
        var queue = pending.indices.filter { pending[$0] == 0 }
        var next = 0
        while next < queue.count {
            var free: [Int] = []
            for junction in provided[queue[next]] {
                junctions[junction].pending -= 1
                guard junctions[junction].pending == 0 else { continue }
                for consumer in junctions[junction].consumers {
                    pending[consumer] -= 1
                    if pending[consumer] == 0 { free.append(consumer) }
                }
            }
            queue += free.count > 1 ? free.sorted() : free
            next += 1
        }
        return queue
    }

    /// After ``sorted()``: those that could not be placed.
    var waiting: [Int] { pending.indices.filter { pending[$0] > 0 } }

    /// After ``sorted()`` has left some out: a cycle among them, in the order of waiting: each waits for the one before it.
    func cycle() -> [Int] {
        guard var place = waiting.first else { return [] }
        var path: [Int] = []
        var positions: [Int: Int] = [:]
        while positions[place] == nil {
            positions[place] = path.count
            path.append(place)
            guard let next = blocker(of: place) else { return [] }
            place = next
        }
        return path[(positions[place] ?? 0)...].reversed()
    }

    /// The first candidate that was not placed and that this one waits for.
    private func blocker(of place: Int) -> Int? {
        for junction in required[place] {
            for provider in junctions[junction].providers where provider != place && pending[provider] > 0 {
                return provider
            }
        }
        return nil
    }
}
