import Capsules
import HubClient
import Objects
import Versions
import Workspaces

extension InstallationRun {
    /// Installs what a bundle holds, as any installation does but without a network.
    ///
    /// The workspace requires nothing, and has installed nothing, or requires exactly what the bundle does: else `.conflict`. What the
    /// bundle's lock says of another owner than the one who is asked counts where `isTrusted`: somebody chosen has signed it.
    func install(_ bundle: BundleStore, named name: String, isTrusted: Bool) throws -> Outcome {
        Interruption.catchSignals()
        var operation = try WorkspaceOperation(.install, ["--bundle", name], in: workspace)
        let before = operation.lock
        let display = output.progress()
        defer { display.finish() }
        let manifest = try requirements(of: bundle.reader, named: name, before)
        if try manifest != workspace.manifest() { operation.manifest = manifest }
        let lock = try lock(of: bundle.reader, named: name, before)
        let remotes = try Self.places(workspace, isOffline: true, display)
        let places = StoredReleasePlaces(
            workspace, lock: lock, remotes: manifest.remotes, remotes, bundle: bundle)
        let planner = try InstallationPlanner(
            workspace, requirements: manifest.requirements, lock: lock, places: places,
            amxVersion: SemanticVersion(Amx.version))
        let plan: InstallationPlan
        do {
            plan = try planner.plan(.frozen).leaving(before)
        } catch let conflict as InstallationConflict {
            throw misfit(name, conflict.error.message, conflict)
        }
        guard plan.lock.capsules.elementsEqual(lock.capsules, by: { $0.names(theSameAs: $1) }) else {
            throw misfit(name, "its \(WorkspaceLock.fileName) names other releases than its requirements lead to")
        }
        if !isTrusted {
            try ClaimCheck(workspace, plan.lock, remotes, isOffline: true).check(plan.claims)
        }
        operation.lock = plan.lock
        operation.brings = Set(plan.steps.map(\.id))
        let waiting = try WaitingApprovals(plan.lock, in: workspace)
        guard !plan.steps.isEmpty else {
            return try conclude(plan, operation, InstallationReview(plan, in: workspace), waiting)
        }
        return try fetch(plan, operation, waiting, places, display) { releases throws(WantedRelease.Failure) in
            try remotes.bring(releases, of: bundle)
        }
    }

    /// What the workspace requires afterwards.
    private func requirements(
        of bundle: BundleReader, named name: String, _ before: WorkspaceLock
    ) throws(AmxError) -> WorkspaceManifest {
        guard var manifest = try workspace.manifest() else {
            throw AmxError(
                .notFound, "there is no \(WorkspaceManifest.fileName) in \(workspace.root)",
                hint: "`amx init` makes one")
        }
        if manifest.requirements == bundle.manifest.requirements { return manifest }
        guard manifest.requirements.isEmpty, !before.capsules.contains(where: \.isRelease) else {
            throw AmxError(
                .conflict, "cannot install \(name): the workspace requires something else than the bundle",
                hint:
                    "install it in a workspace that requires nothing: `amx init DIR`; or remove what is required here, `amx remove ID`"
            )
        }
        for requirement in bundle.manifest.requirements { manifest.require(requirement) }
        for (remote, address) in bundle.manifest.remotes where manifest.remotes[remote] == nil {
            manifest.place(remote, at: address)
        }
        return manifest
    }

    /// The bundle's lock, with what is developed here.
    private func lock(
        of bundle: BundleReader, named name: String, _ before: WorkspaceLock
    ) throws(AmxError) -> WorkspaceLock {
        let own = before.capsules.filter { !$0.isRelease || $0.lane != nil }
        for entry in bundle.lock.capsules {
            let isDeveloped = own.contains { $0.id == entry.id } || before[entry.id] == nil
            guard isDeveloped, try workspace.capsule(entry.id).form() != nil else { continue }
            throw AmxError(
                .conflict, "cannot install \(name): \(entry.id) is developed here, and is in the bundle",
                hint: "install it in another workspace, or move the one that is here elsewhere")
        }
        return WorkspaceLock(own + bundle.lock.capsules)
    }

    private func misfit(_ name: String, _ what: String, _ cause: (any Error)? = nil) -> AmxError {
        AmxError(
            .verification,
            "cannot install \(name): its \(WorkspaceLock.fileName) does not fit what is required: \(what)",
            hint: "whoever made the bundle has to run `amx install` and make it anew", cause: cause)
    }
}

extension LockedCapsule {
    /// Whether two entries are of the same release of the same place; who asks for it may differ, since more may be developed.
    fileprivate func names(theSameAs other: LockedCapsule) -> Bool {
        id == other.id && lane == other.lane && line == other.line && commit == other.commit && tree == other.tree
            && digest == other.digest && source == other.source
    }
}
