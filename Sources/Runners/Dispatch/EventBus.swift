import Capsules
import Objects
import Synchronization

/// Brings events from those who publish them to those who want them (rows S-099, S-105 to S-107).
///
/// Safe for use by several threads. What one thread publishes, everybody gets in that order. Publishing waits for
/// nobody: what is wanted is put where it waits to be taken, and of what waits too long the oldest is dropped. That is
/// told as ``AmxTopic/lagged``, at once for the first time and then no more than every 10 seconds, with the first event
/// that is published after them.
package final class EventBus: Sendable {
    package static let subscriptionLimit = 128
    /// The most events that wait for one who wants them.
    package static let waitingCount = 256
    /// The most bytes of the events that wait for one who wants them.
    package static let waitingBytes = 64 << 20
    /// The largest event's data, as JSON in bytes.
    static let dataBytes = CapsuleHost.eventDataBytes

    private struct State {
        var mailboxes: [Mailbox] = []
        var sinks: [any EventSink] = []
        var rates: [CapsuleID: RateMeter] = [:]
        var lag = LagLedger()
    }

    private let clock: any RestartClock
    private let state = Mutex(State())

    package init(clock: some RestartClock = MonotonicRestartClock()) { self.clock = clock }

    // MARK: Publishing

    /// Tells an event to everybody who wants it. It is told to nobody where it is refused.
    package func publish(_ event: BusEvent) throws(EventRefusal) {
        try check(event)
        if let source = event.source {
            let isAdmitted = state.withLock {
                $0.rates[source, default: RateMeter()].admits(bytes: event.byteCount, at: clock.nanoseconds())
            }
            guard isAdmitted else { throw .tooFast(source) }
        }
        spread(event)
        let dropped = state.withLock { $0.lag.take(at: clock.nanoseconds()) }
        if let dropped { spread(.lagged(dropped)) }
    }

    private func check(_ event: BusEvent) throws(EventRefusal) {
        guard TopicPattern.isTopic(event.topic) else { throw .malformedTopic(event.topic) }
        guard event.source == nil || !AmxTopic.isReserved(event.topic) else {
            throw .reservedTopic(event.topic, event.source)
        }
        guard event.hops <= BusEvent.hopLimit else { throw .tooManyHops(event.topic, event.source) }
        let bytes = event.byteCount - event.topic.utf8.count
        guard bytes <= Self.dataBytes else { throw .tooLarge(event.topic, bytes: bytes) }
    }

    private func spread(_ event: BusEvent) {
        let (mailboxes, sinks) = state.withLock { ($0.mailboxes, $0.sinks) }
        for mailbox in mailboxes { addLag(mailbox.put(event), for: .subscription(mailbox.name)) }
        for sink in sinks { sink.take(event) }
    }

    /// Counts what somebody did not get; it is told at the end of what is being published.
    func addLag(_ count: Int, for subscriber: EventSubscriber) {
        guard count > 0 else { return }
        state.withLock { $0.lag.add(count, for: subscriber) }
    }

    // MARK: Getting

    /// Subscribes to topics (row S-107): `*` at the end, after a dot, stands for one segment or more, any other `*` for
    /// one. So `*` and `*.*` together are all of them. An event that several patterns stand for is given once.
    package func subscribe(
        _ name: String, to patterns: [String], capacity: Int = EventBus.waitingCount
    ) throws(EventRefusal) -> EventSubscription {
        for pattern in patterns where !TopicPattern.isPattern(pattern) { throw .malformedPattern(pattern) }
        let mailbox = Mailbox(name, to: patterns, capacity: capacity)
        try state.withLock { state throws(EventRefusal) in
            guard state.mailboxes.count < Self.subscriptionLimit else { throw .tooManySubscriptions }
            state.mailboxes.append(mailbox)
        }
        return EventSubscription(mailbox, of: self)
    }

    func remove(_ mailbox: Mailbox) { state.withLock { $0.mailboxes.removeAll { $0 === mailbox } } }

    /// Gives every event to a sink from now on.
    func attach(_ sink: any EventSink) { state.withLock { $0.sinks.append(sink) } }

    func detach(_ sink: any EventSink) { state.withLock { $0.sinks.removeAll { $0 === sink } } }
}
