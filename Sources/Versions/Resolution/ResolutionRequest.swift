/// What a workspace asks of the solver.
package struct ResolutionRequest: Sendable {
    /// Which of the locked versions may move.
    package enum Update: Hashable, Sendable {
        /// None that need not: what is locked stays wherever the requirements allow it.
        case nothing
        /// These, to the highest version that fits what stays.
        case packages(Set<PackageName>)
        /// All.
        case everything
        /// None at all: what is locked and does not fit is a conflict.
        case frozen
    }

    /// What the workspace requires, in any order.
    package var requirements: [RootRequirement]
    /// The versions of the lock file, or those that are installed.
    package var locked: [PackageName: Candidate]
    package var update: Update

    package init(
        _ requirements: [RootRequirement], locked: [PackageName: Candidate] = [:], update: Update = .nothing
    ) {
        self.requirements = requirements
        self.locked = locked
        self.update = update
    }
}
