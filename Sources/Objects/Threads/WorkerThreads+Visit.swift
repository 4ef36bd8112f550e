extension WorkerThreads {
    /// Visits items and all that these lead to, each once, on up to `threads` threads; returns when nothing new is reached.
    ///
    /// `body` says what an item leads to. The order of visits differs from one call to the next.
    package static func visit<Item: Hashable & Sendable>(
        _ items: [Item], threads: Int, _ body: @escaping @Sendable (Item) -> [Item]
    ) {
        let queue = VisitQueue(items)
        run(threads) {
            while let item = queue.take() { queue.end(leadingTo: body(item)) }
        }
    }
}

/// The items that are still to be visited, for several threads.
///
/// `@unchecked Sendable`: all that changes is touched only with the monitor's mutex held.
private final class VisitQueue<Item: Hashable & Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private var pending: [Item] = []
    private var reached: Set<Item> = []
    private var running = 0

    init(_ items: [Item]) { add(items) }

    /// The next item, waiting for one while others are being visited; nil when all have been.
    func take() -> Item? {
        monitor.lock()
        defer { monitor.unlock() }
        while pending.isEmpty, running > 0 { monitor.wait() }
        guard let item = pending.popLast() else { return nil }
        running += 1
        return item
    }

    /// Says that a visit has ended, and what it led to.
    func end(leadingTo items: [Item]) {
        monitor.lock()
        defer { monitor.unlock() }
        add(items)
        running -= 1
        if running == 0 || !pending.isEmpty { monitor.wakeAll() }
    }

    private func add(_ items: [Item]) {
        for item in items where reached.insert(item).inserted { pending.append(item) }
    }
}
