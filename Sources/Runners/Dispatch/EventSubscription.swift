/// Events that somebody wants, one after the other in the order in which they were published.
///
/// Of those that wait longer than there is room for, the oldest are dropped, and told as lag. Safe for use by several
/// threads: each event is given once. It ends with the last reference to it.
package final class EventSubscription: Sendable {
    /// The longest wait for an event, in nanoseconds (row S-099).
    package static let longestWait: Int64 = 60_000_000_000

    private let mailbox: Mailbox
    private let bus: EventBus

    init(_ mailbox: Mailbox, of bus: EventBus) { (self.mailbox, self.bus) = (mailbox, bus) }

    deinit { cancel() }

    /// The next event, waiting for it no longer than that and than ``longestWait``; nil when none came, or none will.
    package func next(within nanoseconds: Int64 = EventSubscription.longestWait) -> BusEvent? {
        mailbox.next(within: min(nanoseconds, Self.longestWait))
    }

    /// Ends it: whoever waits is let go, and what was not taken is gone.
    package func cancel() {
        bus.remove(mailbox)
        mailbox.close()
    }
}
