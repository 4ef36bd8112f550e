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

    /// What is known of a workspace's capsules from earlier commands of a name; nil where it cannot be used.
    func settled(_ leg: TransferLeg, for name: String, in workspace: Workspace) -> SettledCapsules? {
        guard let refs else { return nil }
        let options = leg.options()
        let settings = "\(leg.place) \(options.prunes) \(options.takesReleases)\n"
        return SettledCapsules(
            workspace, "\(name) \(leg.remote.name)", state: Array(settings.utf8) + refs.digest.bytes)
    }

    /// Parts capsules into those of which `unchanged` says that there is nothing to do, those that are not there, and the rest.
    ///
    /// With `known`, capsules of which it was found out before that there is nothing to do are only counted.
    func sort<Item: Sendable>(
        _ ids: [CapsuleID], known: SettledCapsules?, needsForm: Bool,
        unchanged: @escaping @Sendable (CapsuleID, RemoteRefs) -> Item?
    ) -> Sorted<Item> {
        guard let refs else { return Sorted(rest: ids) }
        let (settled, others) = known?.sort(ids, needsForm: needsForm) ?? ([], ids)
        let looks = WorkerThreads.map(others, threads: 4) { id -> (item: Item?, print: SHA256Digest?) in
            let print = known.flatMap { $0.isPacked(id) ? $0.fingerprint(id) : nil }
            return (refs[id].flatMap { unchanged(id, $0) }, print)
        }
        var sorted = Sorted<Item>(rest: [])
        sorted.settled = settled.count
        var found: [(id: CapsuleID, fingerprint: SHA256Digest)] = []
        for (id, look) in zip(others, looks) {
            if let item = look.item {
                sorted.unchanged.append(item)
                if let print = look.print { found.append((id, print)) }
            } else if refs.contains(id) {
                sorted.rest.append(id)
            } else {
                sorted.absent.append(id)
            }
        }
        known?.save(keeping: settled, adding: found)
        return sorted
    }

    /// Capsules by what there is to do.
    struct Sorted<Item> {
        /// Those of which nothing is known but that there is nothing to do.
        var settled = 0
        var unchanged: [Item] = []
        var absent: [CapsuleID] = []
        var rest: [CapsuleID]
    }
}
