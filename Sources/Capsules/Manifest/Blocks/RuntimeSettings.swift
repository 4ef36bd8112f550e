/// How a capsule's code is run.
package struct RuntimeSettings: Hashable, Sendable {
    /// The engine of handlers that more than one can run and that name none.
    package var engine: Engine?
    /// What runs when the capsule is run without naming a tool.
    package var main: Handler?

    /// Says nothing.
    package init() {}

    /// The engine that runs ``main``; nil without one.
    package var mainEngine: Engine? { main?.engine(preferring: engine) }
}
