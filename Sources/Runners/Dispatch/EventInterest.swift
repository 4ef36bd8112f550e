import Capsules

/// Which events a capsule wants, and what of it they are given to.
package struct EventInterest: Hashable, Sendable {
    /// A topic with `*` for any one segment (row S-103).
    package let pattern: String
    /// What takes them, as the manifest's `eventHandlers` and `interceptors` name it.
    package let action: String

    package init(pattern: String, action: String) { (self.pattern, self.action) = (pattern, action) }

    /// Whether a capsule that wants this gets an event. One of its own it gets only where the pattern is the whole
    /// topic, without `*`: who listens to everything does not mean to hear itself.
    func includes(_ event: BusEvent, for id: CapsuleID) -> Bool {
        TopicPattern.matches(event.topic, entry: pattern)
            && (event.source != id || pattern.utf8.elementsEqual(event.topic.utf8))
    }
}
