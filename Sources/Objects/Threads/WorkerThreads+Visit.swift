extension WorkerThreads {
    /// Visits items and all that these lead to, each once, on up to `threads` threads; returns when nothing new is reached.
    ///
    /// `body` says what an item leads to. The order of visits differs from one call to the next.
    package static func visit<Item: Hashable & Sendable>(
        _ items: [Item], threads: Int, _ body: @escaping @Sendable (Item) -> [Item]
    ) {
        var visits = Visits<Item>()
        visits.add(items)
        let monitor = Monitor(visits)
        run(threads) {
            while let item = monitor.withLock({ next($0) }) {
                let reached = body(item)
                monitor.withLock { holder in
                    holder.state.add(reached)
                    holder.state.running -= 1
                    if holder.state.running == 0 || !holder.state.pending.isEmpty { holder.wakeAll() }
                }
            }
        }
    }

    /// The next item, waiting for one while others are being visited; nil when all have been.
    private static func next<Item>(_ holder: borrowing Monitor<Visits<Item>>.Holder) -> Item? {
        while holder.state.pending.isEmpty, holder.state.running > 0 { holder.wait() }
        guard let item = holder.state.pending.popLast() else { return nil }
        holder.state.running += 1
        return item
    }
}

/// The items that are still to be visited, and those that ever were.
private struct Visits<Item: Hashable & Sendable>: Sendable {
    var pending: [Item] = []
    var running = 0
    private var reached: Set<Item> = []

    mutating func add(_ items: [Item]) {
        for item in items where reached.insert(item).inserted { pending.append(item) }
    }
}
