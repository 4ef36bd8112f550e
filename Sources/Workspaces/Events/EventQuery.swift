package import Capsules

/// Which events are wanted (row A-103).
package struct EventQuery: Sendable, Hashable {
    /// Of this capsule; nil for all.
    package var capsule: CapsuleID?
    /// Of this organisation; nil for all.
    package var organization: String?
    /// Of these types; nil for all.
    package var types: Set<EventType>?
    /// Not before this moment.
    package var since: EventTime?

    /// All events.
    package init() {}

    /// The events of a stream.
    package init(_ stream: EventStream) { (capsule, organization) = (stream.capsule, stream.organization) }

    /// Whether an event is wanted.
    package func matches(_ event: Event) -> Bool {
        if let capsule, event.stream.capsule != capsule { return false }
        if let organization, !event.stream.organization.utf8.elementsEqual(organization.utf8) { return false }
        if let types, !types.contains(event.type) { return false }
        if let since, event.time < since { return false }
        return true
    }
}
