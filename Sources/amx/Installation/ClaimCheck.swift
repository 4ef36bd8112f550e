import Capsules
import Objects
import Workspaces

/// Holds a lock that says by itself whose capsules are against what the hub's registry says of their ids.
///
/// Whoever may commit the workspace can write another owner of the same hub into its lock. Where versions were chosen in this copy of the
/// workspace, the registry was asked, and its answer stays; a lock that has come from elsewhere is believed only after the hub was asked.
struct ClaimCheck {
    private let workspace: Workspace
    private let lock: WorkspaceLock
    private let places: any ReleasePlaces
    private let isOffline: Bool

    init(_ workspace: Workspace, _ lock: WorkspaceLock, _ places: any ReleasePlaces, isOffline: Bool) {
        (self.workspace, self.lock, self.places, self.isOffline) = (workspace, lock, places, isOffline)
    }

    /// Throws `.verification` when an owner of the lock is not the one that has claimed the id, or when that cannot be known offline.
    func check(_ claims: [InstallationPlan.Claim]) throws {
        let ids = Set(claims.map(\.id))
        let sources = lock.capsules.filter { $0.lane == nil && ids.contains($0.id) }.map { ($0.id, $0.source) }
        let chosen = try OperationLog(workspace).chosen(Dictionary(sources, uniquingKeysWith: { first, _ in first }))
        let open = claims.filter { !chosen.contains($0.id) }
        for (asked, claims) in Dictionary(grouping: open, by: \.asked).sorted(by: { $0.key < $1.key }) {
            let place = try places.place(at: asked)
            place.prefetch(claims.map(\.id))
            for claim in claims { try check(claim, at: place) }
        }
    }

    private func check(_ claim: InstallationPlan.Claim, at place: any ReleasePlace) throws {
        let found: FoundReleases?
        do {
            found = try place.releases(of: claim.id)
        } catch let error as AmxError where isOffline && error.code == .network {
            throw AmxError(
                .verification,
                "\(WorkspaceLock.fileName) says that \(claim.id) comes from \(claim.address), and nothing here says whether the id is that owner's",
                hint: "run the command once without --offline", cause: error)
        }
        guard found?.address == claim.address else {
            let owner = found.map { "it is at \($0.address)" } ?? "nobody has it there"
            throw AmxError(
                .verification,
                "\(WorkspaceLock.fileName) says that \(claim.id) comes from \(claim.address); by the registry that \(claim.asked) belongs to, \(owner)",
                hint:
                    "find out who has changed the lock; where it is meant, name the owner in \(WorkspaceManifest.fileName): `amx add OWNER/\(claim.id)`"
            )
        }
    }
}
