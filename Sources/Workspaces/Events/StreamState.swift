package import Capsules

/// What the events of one stream led to, over all copies of the workspace that are here.
package struct StreamState: Sendable, Hashable {
    /// Whose events they are.
    package let stream: EventStream
    /// The id of the last of them, by sequence and then by replica.
    package let lastEvent: String
    /// What they lead to.
    package let state: JSONObject
}
