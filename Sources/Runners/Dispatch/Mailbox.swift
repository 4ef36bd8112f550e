import Objects

/// The events that wait for one subscription.
final class Mailbox: Sendable {
    private struct State: Sendable {
        var queue: BoundedQueue<BusEvent>
        var isClosed = false
    }

    let name: String
    private let patterns: [String]
    private let monitor: Monitor<State>

    init(_ name: String, to patterns: [String], capacity: Int) {
        (self.name, self.patterns) = (name, patterns)
        monitor = Monitor(State(queue: BoundedQueue(limit: capacity, byteLimit: EventBus.waitingBytes)))
    }

    /// Takes an event that is wanted; says how many others had to go.
    func put(_ event: BusEvent) -> Int {
        guard patterns.contains(where: { TopicPattern.matches(event.topic, subscription: $0) }) else { return 0 }
        return monitor.withLock { holder in
            guard !holder.state.isClosed else { return 0 }
            defer { holder.wakeAll() }
            return holder.state.queue.append(event, bytes: event.byteCount)
        }
    }

    /// The next event, waiting for one; nil when the time is over or nothing will come.
    func next(within nanoseconds: Int64) -> BusEvent? {
        let end = MonotonicClock.nanoseconds().addingReportingOverflow(max(0, nanoseconds))
        return monitor.withLock { holder in
            while holder.state.queue.isEmpty, !holder.state.isClosed {
                let left = end.overflow ? .max : end.partialValue - MonotonicClock.nanoseconds()
                guard left > 0 else { return nil }
                holder.wait(nanoseconds: left)
            }
            return holder.state.queue.popFirst()
        }
    }

    func close() {
        monitor.withLock { holder in
            holder.state.isClosed = true
            holder.state.queue.removeAll()
            holder.wakeAll()
        }
    }
}
