import Capsules
import HubClient
import Objects
import Workspaces

/// What a remote says of all its capsules at once, where it does, set against the capsules that a command is about.
///
/// It spares a request for each capsule of which nothing is new.
struct RemoteSurvey: Sendable {
    /// The remote's references; nil where each capsule has to be asked for.
    let refs: OwnerRefs?

    /// Asks, where more than one capsule makes it worth it.
    init(_ leg: TransferLeg, in workspace: Workspace) throws {
        refs =
            leg.ids.count > 1
            ? try leg.connector().ownerRefs(at: leg.place, cacheFolder: workspace.cacheDirectory) : nil
    }

    /// Parts capsules into those of which `unchanged` says that there is nothing to do, those that are not there, and the rest.
    func sort<Item: Sendable>(
        _ ids: [CapsuleID], unchanged: @escaping @Sendable (CapsuleID, RemoteRefs) -> Item?
    ) -> (unchanged: [Item], absent: [CapsuleID], rest: [CapsuleID]) {
        guard let refs else { return ([], [], ids) }
        let items = WorkerThreads.map(ids, threads: 4) { id in refs[id].flatMap { unchanged(id, $0) } }
        var result: (unchanged: [Item], absent: [CapsuleID], rest: [CapsuleID]) = ([], [], [])
        for (id, item) in zip(ids, items) {
            if let item {
                result.unchanged.append(item)
            } else if refs.contains(id) {
                result.rest.append(id)
            } else {
                result.absent.append(id)
            }
        }
        return result
    }
}
