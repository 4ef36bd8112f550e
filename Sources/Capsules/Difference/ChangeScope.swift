/// How far a change reaches (row A-140).
package enum ChangeScope: String, Sendable, Hashable {
    /// The capsule as a whole.
    case global
    /// One file of code.
    case module
    /// One thing that is called: a hook, a handler, a tool.
    case function
    /// Settings, rules and workflows.
    case config
    /// Knowledge and other content.
    case data
    /// What describes the capsule to people.
    case metadata
}
