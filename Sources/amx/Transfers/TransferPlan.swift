import Capsules
import Objects
import Workspaces

/// Which capsules a push, fetch or pull is about, and which remote each of them goes to or comes from.
struct TransferPlan {
    /// The remotes that are used, each with its capsules; never empty.
    private(set) var legs: [TransferLeg]
    /// Whether capsules were named, or one is meant by the current directory.
    let isNamed: Bool
    /// The remote that was named.
    let named: Remote?

    /// Reads `[REMOTE] [ID...]`.
    ///
    /// A first word that a remote has for its name is that remote. Without one, each capsule goes by the upstream that is
    /// configured for its current branch, else by the default remote. With `newIDs`, ids may be of capsules that are not
    /// here. Without ids, `isMeant` says which of the workspace's capsules the command is about.
    init(
        _ arguments: [String], _ direction: TransferReport.Direction, in place: Place, newIDs: Bool = false,
        isMeant: (WorkspaceCapsule) throws -> Bool
    ) throws {
        var words = arguments
        var named: Remote?
        if let first = words.first, let remote = try place.workspace.remotes().first(where: { $0.name == first }) {
            named = remote
            words.removeFirst()
        } else if !newIDs {
            try place.checkRemoteOrID(words.first)
        }
        self.named = named
        isNamed = !words.isEmpty || place.currentID != nil
        var ids = try place.ids(words)
        if !isNamed { ids = try ids.filter { try isMeant(place.workspace.capsule($0)) } }
        if let named {
            legs = [try TransferLeg(named, direction, ids: ids)]
            return
        }
        let tracking = try place.workspace.tracking()
        var names: [String?] = []
        var groups: [String?: [CapsuleID]] = [:]
        for id in ids {
            let name = tracking.isEmpty ? nil : try Self.upstream(of: place.workspace.capsule(id), tracking)
            if groups[name] == nil { names.append(name) }
            groups[name, default: []].append(id)
        }
        if names.isEmpty { names = [nil] }
        legs = try names.map { name in
            let remote = try name.map(place.workspace.remote) ?? place.workspace.defaultRemote()
            return try TransferLeg(remote, direction, ids: groups[name] ?? [])
        }
    }

    /// Where the workspace itself goes to or comes from; nil when the command is about some of its capsules, or there is no remote
    /// for it.
    func workspaceLeg(_ direction: TransferReport.Direction, in place: Place) throws(AmxError) -> TransferLeg? {
        guard !isNamed, try place.workspace.manifest() != nil else { return nil }
        guard let remote = named ?? (try? place.workspace.defaultRemote()) else { return nil }
        return try TransferLeg(remote, direction)
    }

    /// The remote that the current branch's configuration names.
    private static func upstream(of capsule: WorkspaceCapsule, _ tracking: Tracking) throws -> String? {
        guard let branch = try capsule.repository()?.refs.head().branch?.branch else { return nil }
        return tracking[capsule, branch]?.remote
    }
}
