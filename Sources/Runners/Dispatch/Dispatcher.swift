package import Capsules
import Objects

/// Delivers the events of a bus to capsules (rows S-102 to S-105).
///
/// Safe for use by several threads. Each event goes to every interest that stands for its topic, of every capsule that
/// can take it when its turn has come. The deliveries of a capsule begin in the order of the events, up to four at
/// once; further ones wait, and hold up no other capsule unless all threads are taken. They run on threads of the
/// dispatcher, which come when they are needed and go when they have had nothing to do for a while.
///
/// One that is not stopped stays for as long as its bus.
package final class Dispatcher: Sendable {
    private struct State: Sendable {
        var dispatch: DispatchState
        /// The thread that ended last, which has waited for those before it.
        var ended: SystemThread?
    }

    private let bus: EventBus
    private let idleNanoseconds: Int64
    private let monitor: Monitor<State>

    /// Takes all events that the bus gets from now on.
    package init(_ bus: EventBus, limits: DispatchLimits = DispatchLimits()) {
        self.bus = bus
        idleNanoseconds = limits.idleNanoseconds
        monitor = Monitor(State(dispatch: DispatchState(limits)))
        bus.attach(self)
    }

    /// How many threads there are.
    package var threads: Int { monitor.withLock { $0.state.dispatch.threads } }

    // MARK: Capsules

    /// Delivers to a capsule from now on, after all that were registered before it; it takes the place of another one
    /// with its id.
    package func register(_ receiver: some EventReceiver) {
        let interests = receiver.interests
        _ = monitor.withLock { holder in
            defer { holder.wakeAll() }
            return holder.state.dispatch.register(receiver, wanting: interests)
        }
    }

    /// Begins no more deliveries to a capsule; those that are under way go on.
    package func unregister(_ id: CapsuleID) {
        _ = monitor.withLock { holder in
            defer { holder.wakeAll() }
            return holder.state.dispatch.unregister(id)
        }
    }

    // MARK: Waiting

    /// Waits until nothing waits and nothing is under way, until a moment of ``Objects/MonotonicClock`` at most; says
    /// whether it is so. Not for use by a receiver.
    @discardableResult
    package func drain(until deadline: Int64 = .max) -> Bool {
        monitor.withLock { holder in
            while holder.state.dispatch.pending > 0 {
                guard deadline < .max else {
                    holder.wait()
                    continue
                }
                let left = deadline.subtractingReportingOverflow(MonotonicClock.nanoseconds())
                guard !left.overflow, left.partialValue > 0 else { return false }
                holder.wait(nanoseconds: left.partialValue)
            }
            return true
        }
    }

    /// Begins no more deliveries, and returns when those that are under way have ended and all threads with them. What
    /// waits is gone. Not for use by a receiver.
    package func stop() {
        bus.detach(self)
        _ = monitor.withLock { holder in
            defer { holder.wakeAll() }
            return holder.state.dispatch.stop()
        }
        let ended = monitor.withLock { holder in
            while holder.state.dispatch.threads > 0 { holder.wait() }
            defer { holder.state.ended = nil }
            return holder.state.ended
        }
        ended?.wait()
    }

    /// Whether nothing begins any more.
    var isStopped: Bool { monitor.withLock { $0.state.dispatch.isStopped } }

    // MARK: Threads

    private func work() {
        while let delivery = next() {
            if delivery.receiver.isReady { delivery.receiver.deliver(delivery.event, to: delivery.interest) }
            monitor.withLock { holder in
                holder.state.dispatch.end(delivery.receiver.id)
                if holder.state.dispatch.pending == 0 { holder.wakeAll() }
            }
        }
    }

    /// What the thread is to do next, waiting for it for a while; nil when it is to end.
    private func next() -> Delivery? {
        let end = MonotonicClock.nanoseconds() + idleNanoseconds
        var before: SystemThread?
        let delivery: Delivery? = monitor.withLock { holder in
            while true {
                if let delivery = holder.state.dispatch.begin() { return delivery }
                let left = end - MonotonicClock.nanoseconds()
                guard !holder.state.dispatch.isStopped, left > 0 else { break }
                holder.wait(nanoseconds: left)
            }
            holder.state.dispatch.removeThread()
            before = holder.state.ended
            holder.state.ended = .current
            holder.wakeAll()
            return nil
        }
        before?.wait()
        return delivery
    }

    private func startThreads(_ count: Int) {
        for _ in 0..<count where SystemThread({ self.work() }) == nil {
            // What has no thread waits for one of the others, or for the next event.
            monitor.withLock { holder in
                holder.state.dispatch.removeThread()
                holder.wakeAll()
            }
        }
    }
}

extension Dispatcher: EventSink {
    func take(_ event: BusEvent) {
        let (dropped, wanted) = monitor.withLock { holder in
            let dropped = holder.state.dispatch.add(event)
            if holder.state.dispatch.hasTurns { holder.wakeAll() }
            return (dropped, holder.state.dispatch.addThreads())
        }
        for (id, count) in dropped { bus.addLag(count, for: .capsule(id)) }
        startThreads(wanted)
    }
}
