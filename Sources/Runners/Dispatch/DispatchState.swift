import Capsules

/// Whose turn it is: what waits for each capsule, what is under way, and the threads that see to it.
///
/// A turn is a delivery that may begin as soon as a thread is free. A capsule has as many as its permits leave, so that
/// one that is slow takes no thread from others while it waits.
struct DispatchState: Sendable {
    private let limits: DispatchLimits
    private var lanes: [CapsuleID: DispatchLane] = [:]
    /// The lanes, in the order in which they were registered.
    private var order: [CapsuleID] = []
    private var turns: [CapsuleID] = []
    /// Deliveries that wait or are under way.
    private(set) var pending = 0
    /// Threads, with those that are about to start.
    private(set) var threads = 0
    /// Those of them that have no delivery.
    private var free = 0
    private(set) var isStopped = false

    init(_ limits: DispatchLimits) { self.limits = limits }

    var hasTurns: Bool { !turns.isEmpty }

    // MARK: Capsules

    /// Lets a capsule have the events from now on; another one of its id gets no more. As below, gives what is let go.
    mutating func register(_ receiver: any EventReceiver, wanting interests: [EventInterest]) -> DispatchLane? {
        let id = receiver.id
        let former = unregister(id)
        guard !isStopped else { return former }
        // What a former one still does counts.
        let running = lanes[id]?.running ?? 0
        let waiting = BoundedQueue<Delivery>(limit: limits.waiting, byteLimit: limits.waitingBytes)
        lanes[id] = DispatchLane(receiver: receiver, interests: interests, waiting: waiting, running: running)
        order.append(id)
        return former
    }

    /// Lets a capsule have no more events; those that wait for it are gone.
    ///
    /// Gives what was there, for the caller to let go of: the end of a capsule may call whatever it likes.
    mutating func unregister(_ id: CapsuleID) -> DispatchLane? {
        guard let former = lanes[id] else { return nil }
        var lane = former
        order.removeAll { $0 == id }
        turns.removeAll { $0 == id }
        pending -= lane.waiting.count
        lane.waiting.removeAll()
        (lane.receiver, lane.interests, lane.turns) = (nil, [], 0)
        lanes[id] = lane.running > 0 ? lane : nil
        return former
    }

    /// Lets nothing begin any more. Gives what was there, in the same way.
    mutating func stop() -> [DispatchLane] {
        isStopped = true
        return order.compactMap { unregister($0) }
    }

    // MARK: Events

    /// Lets an event wait for all who want it; says whose other ones had to go.
    mutating func add(_ event: BusEvent) -> [(id: CapsuleID, dropped: Int)] {
        var all: [(id: CapsuleID, dropped: Int)] = []
        for id in order {
            guard let (added, dropped) = lanes[id]?.add(event, for: id), added > 0 else { continue }
            pending += added - dropped
            if dropped > 0 { all.append((id, dropped)) }
            giveTurns(id)
        }
        return all
    }

    private mutating func giveTurns(_ id: CapsuleID) {
        guard var lane = lanes[id] else { return }
        while lane.turns < lane.waiting.count, lane.running + lane.turns < limits.permits {
            lane.turns += 1
            turns.append(id)
        }
        lanes[id] = lane
    }

    /// The next delivery that may begin, for a thread that is free; it is under way from now on.
    mutating func begin() -> Delivery? {
        while !turns.isEmpty {
            let id = turns.removeFirst()
            lanes[id]?.turns -= 1
            // The one that the turn was for may have had to go.
            guard let delivery = lanes[id]?.waiting.popFirst() else { continue }
            lanes[id]?.running += 1
            free -= 1
            return delivery
        }
        return nil
    }

    /// Takes note that a delivery is done, and its thread free.
    mutating func end(_ id: CapsuleID) {
        pending -= 1
        free += 1
        lanes[id]?.running -= 1
        if let lane = lanes[id], lane.receiver == nil, lane.running == 0 { lanes[id] = nil }
        giveTurns(id)
    }

    // MARK: Threads

    /// How many threads are to be started now; they count as free ones from now on.
    mutating func addThreads() -> Int {
        let wanted = max(0, min(turns.count - free, limits.threads - threads))
        threads += wanted
        free += wanted
        return wanted
    }

    /// Takes note that a free thread is no more.
    mutating func removeThread() {
        threads -= 1
        free -= 1
    }
}
