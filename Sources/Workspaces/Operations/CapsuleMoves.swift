import Capsules
import Objects

/// What going to another branch of the workspace, or bringing in one, makes of its capsules.
///
/// Found out before anything changes: whatever would be lost has been refused. A value.
struct CapsuleMoves {
    /// Those that come or go elsewhere.
    var steps: [CapsuleStep] = []
    /// The installed ones that go, since the lock does not name them any more.
    var departures: [CapsuleDeparture] = []
    /// Commits of capsules that are made with it.
    var commits: [(capsule: WorkspaceCapsule, commit: PreparedCommit)] = []

    /// Whether installed capsules come, move or go, which is recorded as an operation.
    var isOperation: Bool { !departures.isEmpty || steps.contains(where: \.entry.isRelease) }
}
