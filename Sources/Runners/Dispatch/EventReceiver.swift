package import Capsules

/// A capsule that events are delivered to.
package protocol EventReceiver: AnyObject, Sendable {
    /// Whose events these are; it does not change.
    var id: CapsuleID { get }
    /// What it wants; asked once, when it is registered.
    var interests: [EventInterest] { get }
    /// Whether it can take an event now; asked right before each delivery, on the thread of that. An event whose turn
    /// comes while it cannot is not delivered later (row S-102).
    var isReady: Bool { get }
    /// Has an event handled, and returns when that is done, however it went: failures are the receiver's to tell.
    func deliver(_ event: BusEvent, to interest: EventInterest)
}
