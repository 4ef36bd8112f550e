package import Capsules

extension InstallationPlan {
    /// The same plan where the workspace has another lock now: what that has installed, and the plan's lock does not name, goes.
    package func leaving(_ before: WorkspaceLock) -> InstallationPlan {
        InstallationPlan(
            steps: steps,
            departures: before.capsules.filter { $0.lane == nil && $0.isRelease && lock[$0.id] == nil },
            lock: lock, moves: moves, dropped: dropped, claims: claims)
    }
}
