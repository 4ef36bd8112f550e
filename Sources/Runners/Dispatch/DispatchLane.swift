import Capsules

/// The deliveries of one capsule: those that wait, and how many are under way.
struct DispatchLane: Sendable {
    /// Nil when it is registered no more, and only what is under way is left.
    var receiver: (any EventReceiver)?
    var interests: [EventInterest]
    var waiting: BoundedQueue<Delivery>
    var running = 0
    /// How many of those that wait have a turn.
    var turns = 0

    /// Lets all deliveries of an event wait; says how many there are, and how many others had to go for them.
    mutating func add(_ event: BusEvent, for id: CapsuleID) -> (added: Int, dropped: Int) {
        guard let receiver else { return (0, 0) }
        var (added, dropped) = (0, 0)
        for interest in interests where interest.includes(event, for: id) {
            let delivery = Delivery(receiver: receiver, event: event, interest: interest)
            dropped += waiting.append(delivery, bytes: event.byteCount)
            added += 1
        }
        return (added, dropped)
    }
}
