/// What a repository's `HEAD` says.
package enum Head: Hashable, Sendable {
    /// The current branch, which may not exist yet.
    case branch(RefName)
    /// A commit without a branch.
    case detached(ObjectID)

    /// The full name of the current branch.
    package var branch: RefName? {
        guard case .branch(let name) = self else { return nil }
        return name
    }
}
