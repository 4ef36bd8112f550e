package import Capsules
package import Objects

/// What is installed in a workspace and asks for what nobody here has approved: it came with the workspace that somebody else has
/// installed it in, or the approvals were removed.
///
/// Found from what is here and the approvals, and recorded nowhere: which content that is was counted, and is not the lock's word. So nothing can be lost that would make unapproved content
/// count as approved. Source: `docs/lifecycle.md`, "Approvals".
package struct WaitingApprovals: Sendable {
    /// What somebody has to approve, by capsule; empty where nothing waits.
    package private(set) var demands: [ApprovalDemand] = []
    /// What is installed without an approval, also where it needs none.
    private(set) var granted: [Approval] = []
    /// Those that wait, as far as their risk is concerned.
    private(set) var subjects: [RiskSubject] = []
    /// All that is installed without an approval, or is something else than the lock says.
    private var unsettled: [InstalledCapsule] = []

    /// Nothing waits.
    init() {}

    /// Looks at the installed capsules: at the release of each that lies here, whichever the lock names.
    package init(
        among installed: [CapsuleID: InstalledCapsule], in workspace: Workspace
    ) throws(AmxError) {
        guard !installed.isEmpty else { return }
        let approvals = try workspace.approvals()
        let approved = Set(approvals.approvals.map(Content.init))
        var counted = CountedDigests(workspace)
        for (id, item) in installed.sorted(by: { $0.key < $1.key }) {
            let capsule = workspace.capsule(id)
            let digest = try counted.digest(of: item.base, of: capsule)
            let isApproved = approved.contains(Content(capsule: id, digest: digest))
            // One of which the lock says something else is refused where anything is to be approved.
            if !isApproved || !item.isCurrent || digest != item.locked.digest { unsettled.append(item) }
            guard !isApproved else { continue }
            let manifest = try capsule.releasedManifest(at: item.base)
            granted.append(Approval(of: manifest, digest: digest))
            guard let demand = approvals.demand(of: manifest, digest: digest, installed: nil) else { continue }
            demands.append(demand)
            subjects.append(RiskSubject(old: nil, new: manifest, digest: digest))
        }
        counted.save()
    }

    /// Looks at all that a lock names.
    package init(_ lock: WorkspaceLock, in workspace: Workspace) throws(AmxError) {
        try self.init(among: workspace.installedCapsules(lock), in: workspace)
    }

    /// The same but for some capsules.
    func without(_ ids: Set<CapsuleID>) -> WaitingApprovals {
        var rest = self
        rest.demands.removeAll { ids.contains($0.capsule) }
        rest.granted.removeAll { ids.contains($0.capsule) }
        rest.subjects.removeAll { ids.contains($0.new.id) }
        rest.unsettled.removeAll { ids.contains($0.locked.id) }
        return rest
    }

    /// Throws `.verification` where what is here is not what the lock says: an approval is of content that was looked at, and a lock is
    /// only somebody's word.
    func check(in workspace: Workspace) throws(AmxError) {
        for item in unsettled {
            let id = item.locked.id
            guard item.isCurrent else {
                throw AmxError(
                    .verification,
                    "\(id) is at \(item.base.abbreviated) here, and \(WorkspaceLock.fileName) has it at \(item.locked.commit.abbreviated)",
                    hint:
                        "`amx install` brings what it names; if that is not what is wanted, find out who has changed it"
                )
            }
            try item.locked.checkContent(in: workspace.capsule(id).existingRepository())
        }
    }

    /// The capsules that wait.
    package var ids: Set<CapsuleID> { Set(demands.map(\.capsule)) }

    private struct Content: Hashable {
        let capsule: CapsuleID
        let digest: ContentDigest

        init(_ approval: Approval) { self.init(capsule: approval.capsule, digest: approval.digest) }

        init(capsule: CapsuleID, digest: ContentDigest) { (self.capsule, self.digest) = (capsule, digest) }
    }
}

extension WorkspaceCapsule {
    /// The manifest of a commit that is here, in the store or waiting, whatever the lock says of its tree.
    fileprivate func releasedManifest(at commit: ObjectID) throws(AmxError) -> Manifest {
        guard let repository = try workspace.anyRepository(id) else { throw missing() }
        return try manifest(ofTree: repository.commit(commit).tree, in: repository)
    }
}

extension WorkspaceOperation {
    /// Plans to bring out releases that the lock names and that have come with the workspace; nothing of them counts as approved, and their
    /// hooks wait.
    package init(
        _ command: Operation.Command, bringing ids: [CapsuleID], in workspace: Workspace
    ) throws(AmxError) {
        try self.init(command, in: workspace)
        brings = Set(ids)
        approvals.capsules = ids.sorted()
        for id in approvals.capsules {
            guard let entry = lock[id] else { continue }
            let manifest = try workspace.capsule(id).releasedManifest(at: entry.commit)
            approvals.hooks += PendingHook.of(manifest, digest: entry.digest, on: .installation)
        }
    }
}
