/// A reaction of a capsule to an event.
package struct EventHandler: Hashable, Sendable {
    package let event: String
    /// What is called: a script's path, or a name in the capsule's code.
    package let handler: String
}
