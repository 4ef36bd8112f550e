package import Capsules

/// Which events a capsule wants, and what of it they are given to.
package struct EventInterest: Hashable, Sendable {
    /// What of a capsule takes an event.
    package enum Target: Hashable, Sendable {
        /// What the manifest names in `eventHandlers`.
        case handler(Handler)
        /// The name of an action, as `interceptors` have it.
        case action(String)
    }

    /// A topic with `*` for any one segment (row S-103).
    package let pattern: String
    package let target: Target

    package init(pattern: String, target: Target) { (self.pattern, self.target) = (pattern, target) }

    /// Whether a capsule that wants this gets an event. One of its own it gets only where the pattern is the whole
    /// topic, without `*`: who listens to everything does not mean to hear itself.
    func includes(_ event: BusEvent, for id: CapsuleID) -> Bool {
        TopicPattern.matches(event.topic, entry: pattern)
            && (event.source != id || pattern.utf8.elementsEqual(event.topic.utf8))
    }
}
