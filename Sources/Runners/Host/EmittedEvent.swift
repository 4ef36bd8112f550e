package import Capsules

/// An event that a capsule's code wants published.
package struct EmittedEvent: Hashable, Sendable {
    package var topic: String
    package var data: JSONValue
}
