import Capsules

/// An event on its way to one interest of a capsule.
struct Delivery: Sendable {
    let receiver: any EventReceiver
    let event: BusEvent
    let interest: EventInterest
}
