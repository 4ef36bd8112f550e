import Capsules
import HubClient
import Objects
import Workspaces

/// The pulls of several capsules from one remote: some hundreds are fetched, then their working forms are brought forward, and so
/// on.
struct CapsulePulls: Sendable {
    /// How many are fetched before working forms change; between these, other commands have their turn at the workspace's lock.
    private static let atOnce = 256
    private let leg: TransferLeg
    private let workspace: Workspace
    private let running: Int
    private let pull: @Sendable (CapsuleID) -> CapsulePull

    /// Prepares; `pull` describes that of one of the leg's capsules. Up to `running` working forms change at once.
    init(
        _ leg: TransferLeg, in workspace: Workspace, running: Int = 4,
        _ pull: @escaping @Sendable (CapsuleID) -> CapsulePull
    ) {
        self.running = running
        self.leg = leg
        self.workspace = workspace
        self.pull = pull
    }

    /// Pulls; the caller does not hold the workspace's lock. What the remote is `known` to have is not asked for again.
    func run(
        known refs: OwnerRefs? = nil, skipsMissing: Bool, _ display: ProgressDisplay
    ) throws -> TransferBatch<CapsulePull.Pulled> {
        guard !leg.ids.isEmpty else { return TransferBatch() }
        // What earlier pulls that were killed have left goes first.
        try workspace.write { () throws(AmxError) in try workspace.removeAbandonedRepositories() }
        let (leg, pull) = (leg, pull)
        var pulled = TransferBatch<CapsulePull.Pulled>()
        for start in stride(from: 0, to: leg.ids.count, by: Self.atOnce) {
            var part = leg
            part.ids = Array(leg.ids[start..<min(start + Self.atOnce, leg.ids.count)])
            let fetched = TransferBatch(
                part, verb: "pull", in: workspace, after: start, of: leg.ids.count, skipsMissing: skipsMissing,
                display: display
            ) { connector, id, progress in
                try pull(id).fetch(
                    from: connector.repository(id, at: leg.place), known: refs?[id], progress: progress)
            }
            // An interruption keeps what has come.
            let advanced = fetched.advanced(
                "pull", in: workspace, running: running, id: { $0.id },
                rejection: { $0.failure(workspace.capsule($0.transfer.id)) }
            ) { transfer throws(AmxError) in try pull(transfer.id).advance(transfer) }
            pulled.add(advanced)
            if advanced.hasEnded { break }
        }
        try follow(pulled.items.filter(\.isFollowing))
        return pulled
    }

    /// Lets new branches follow the remote, as `git clone` does, where by default they would follow another one.
    private func follow(_ pulled: [CapsulePull.Pulled]) throws(AmxError) {
        guard !pulled.isEmpty else { return }
        let branches = pulled.compactMap { item -> (copy: any WorkingCopy, branch: String)? in
            item.branch.map { (workspace.capsule(item.transfer.id), $0) }
        }
        try workspace.write { () throws(AmxError) in
            try workspace.setUpstreams(branches, remote: leg.remote.name)
        }
    }
}
