/// How a capsule lies in the workspace.
package enum Form: String, Sendable, Hashable {
    /// A directory that is being edited.
    case directory
    /// One `.kc` file, as it was pulled or installed.
    case packed
}
