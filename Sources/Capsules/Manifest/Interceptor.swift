/// What a capsule does with events of others (row S-055).
package struct Interceptor: Hashable, Sendable {
    /// A topic with `*` for any one segment.
    package let event: String
    /// What is called: a tool, or something that an engine of the capsule knows by that name.
    package let action: String
}
