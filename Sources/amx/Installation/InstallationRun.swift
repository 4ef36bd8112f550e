import Capsules
import HubClient
import Objects
import Versions
import Workspaces

/// What all commands share that choose versions: from what is required to what has changed.
struct InstallationRun {
    /// What came of it.
    struct Outcome {
        /// What was planned; nil where the lock fits and everything is there.
        let plan: InstallationPlan?
        /// What was done; nil where nothing was to be done, or it was only to be said.
        let result: OperationResult?
        /// What the releases are and ask for; nil where nothing comes or goes.
        var review: InstallationReview?
        /// What is done to capsules that go to another version.
        var steps: [CapsuleID: [UpdateStep]] = [:]
        /// What this machine lacks for the capsules that come.
        var warnings: [String] = []
        /// The versions that an update has gone through, or would go through, with their capsules, in this order.
        var through: [(id: CapsuleID, version: SemanticVersion)] = []
    }

    let workspace: Workspace
    let options: InstallationOptions
    let output: Output
    /// Which locked versions may move.
    var update: ResolutionRequest.Update = .nothing
    /// Whether the lock must fit as it is.
    var isFrozen = false
    /// Versions that must come out in place of those of the lock.
    var wanted: [CapsuleID: SemanticVersion] = [:]
    /// Whether what moves goes back, rather than being updated.
    var isRollback = false
    /// Whether what comes was removed before.
    var isRestoration = false

    /// Whether that something has to go through other versions is no failure yet.
    var takesDetours = false

    /// What must go, whether or not others need it when `force`.
    var removal: (ids: Set<CapsuleID>, force: Bool)?

    /// Whether what waits for an approval is asked for as well.
    var approvesWaiting = false

    /// Plans and carries out a command; `edit` changes `amx.json` first.
    func run(
        _ command: Operation.Command, _ arguments: [String],
        editing edit: ((inout WorkspaceManifest, any ReleasePlaces) throws -> Void)? = nil
    ) throws -> Outcome {
        let isPlain = edit == nil && update == .nothing && wanted.isEmpty && removal == nil
        if isPlain, SettledInstallation(workspace).holds() { return Outcome(plan: nil, result: nil) }
        Interruption.catchSignals()
        var operation = try WorkspaceOperation(command, arguments, in: workspace)
        operation.isRollback = isRollback
        operation.isRestoration = isRestoration
        let display = output.progress()
        defer { display.finish() }
        let places = try Self.places(workspace, isOffline: options.isOffline, display)
        guard var manifest = try workspace.manifest() else {
            throw AmxError(
                .notFound, "there is no \(WorkspaceManifest.fileName) in \(workspace.root)",
                hint: "`amx init` makes one")
        }
        let before = manifest
        try edit?(&manifest, places)
        if manifest != before { operation.manifest = manifest }
        let lock = operation.lock
        let waiting = approvesWaiting ? try WaitingApprovals(lock, in: workspace) : nil
        if update == .nothing, wanted.isEmpty, removal == nil, try names(manifest, lock),
            let (known, remember) = try stored(manifest, lock, places), known.isEmpty, known.lock == lock,
            let isSettled = settles(known, isEdit: edit != nil)
        {
            try ClaimCheck(workspace, lock, places, isOffline: options.isOffline).check(known.claims)
            if isSettled, try (waiting ?? WaitingApprovals(lock, in: workspace)).demands.isEmpty { remember() }
            guard operation.manifest != nil || waiting?.demands.isEmpty == false else {
                return Outcome(plan: nil, result: nil)
            }
            return try conclude(known, operation, InstallationReview(known, in: workspace), waiting)
        }
        let planner = try InstallationPlanner(
            workspace, requirements: manifest.requirements, lock: lock, places: places, wanted: wanted,
            amxVersion: SemanticVersion(Amx.version))
        var plan: InstallationPlan
        do {
            plan = try planner.plan(isFrozen ? .frozen : update)
        } catch let conflict as InstallationConflict {
            throw isFrozen ? drift(conflict.error.message, conflict) : conflict.error
        }
        if let warning = OfflineAge.warning(places) { try output.warn(warning) }
        if isFrozen, plan.lock != lock { throw drift(differences(lock, plan.lock)) }
        try checkWanted(plan)
        if let removal {
            let leaving = removal.ids.union(plan.departures.map(\.id))
            if removal.force {
                plan = plan.forcing(out: removal.ids, of: lock)
            } else if let obstacle = try workspace.obstacles(removing: leaving, lock: lock).first {
                throw obstacle.error
            }
        }
        operation.lock = plan.lock
        operation.brings = Set(plan.steps.map(\.id))
        guard !plan.isEmpty else {
            return try conclude(plan, operation, InstallationReview(plan, in: workspace), waiting)
        }
        return try fetch(plan, operation, waiting, places, display) { releases throws(WantedRelease.Failure) in
            try places.bring(releases)
        }
    }

    /// Does a part of the work; that it failed is recorded as an event of the capsules concerned (row A-074).
    func recording<Result>(
        _ phase: String, _ steps: [InstallationPlan.Step], _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as AmxError {
            guard !options.isDryRun, error.code != .interrupted, !(takesDetours && error.cause is UpdateDetour),
                let organization = try? workspace.organization()
            else {
                throw error
            }
            let drafts = steps.map { step in
                EventDraft(
                    .error, in: EventStream(step.id, of: organization),
                    payload: [
                        "error": .string(error.message), "phase": .string(phase),
                        "version": .string(step.release.version.text),
                    ])
            }
            // The failure itself is what has to be told.
            _ = try? EventStore(workspace).append(drafts, by: .current(workspace))
            throw error
        }
    }

    /// Shows what somebody has to approve, and asks for it.
    func approve(_ review: InstallationReview) throws {
        guard let first = review.demands.first, !options.approve else { return }
        guard StandardStream.error.isTerminal, !output.asJSON else { throw first.error }
        try output.tell { style in
            review.demands.map { ApprovalText($0).text(style) }.joined(separator: "\n")
                + "\nRisk: \(review.risk.level.rawValue)"
        }
        try Confirmation.ask(
            "Let \(review.demands.count == 1 ? "it" : "them") do that?", isAgreed: false,
            nothingDone: "Nothing was installed")
    }

    /// The places that requirements can name, as this user reaches them.
    static func places(
        _ workspace: Workspace, isOffline: Bool, _ display: ProgressDisplay
    ) throws -> RemoteReleasePlaces {
        // One source for all threads, so that nobody is asked twice; where there is no network to use, none is needed.
        let usesNetwork = try workspace.remotes().contains { $0.url.contains("://") }
        let credentials = usesNetwork ? try CredentialSource { Environment[$0] } : nil
        return try RemoteReleasePlaces(
            workspace, isOffline: isOffline,
            progress: { id, progress in display.update(TransferLine.text(id, progress)) },
            registry: {
                RegistryClient(
                    settings: try HTTPSession.Settings { Environment[$0] },
                    credentials: try credentials ?? CredentialSource { Environment[$0] },
                    cacheFolder: workspace.cacheDirectory, isOffline: isOffline)
            },
            connector: { TransferLeg.connector(credentials) })
    }

    /// Takes an operation back.
    func undo(_ entry: OperationLog.Entry) throws -> OperationResult? {
        try carry(WorkspaceOperation(undoing: entry, in: workspace))
    }

    /// Carries out an operation whose lock names all that it needs.
    func carry(_ operation: WorkspaceOperation) throws -> OperationResult? {
        Interruption.catchSignals()
        let display = output.progress()
        defer { display.finish() }
        let places = try Self.places(workspace, isOffline: options.isOffline, display)
        guard !options.isDryRun else { return nil }
        var wanted: [WantedRelease] = []
        for entry in operation.lock.capsules where entry.lane == nil {
            guard case .tag = entry.line, !places.has(entry) else { continue }
            let address: String
            switch entry.source {
            case .workspace: address = try places.place(ofRemote: nil).address
            case .address(let text): address = text
            }
            wanted.append(WantedRelease(entry, at: address))
        }
        do throws(WantedRelease.Failure) { try places.bring(wanted) } catch { throw error.error }
        display.finish()
        // The policy, and what is approved, may be others than when it was here.
        let review = try InstallationReview(restoring: operation.lock, in: workspace)
        try approve(review)
        var operation = operation
        operation.events += try review.approvalEvents()
        operation.approvals = review.approvals
        return try perform(operation)
    }

    /// Fails, with what stands against it, where a wanted version was not chosen.
    private func checkWanted(_ plan: InstallationPlan) throws(AmxError) {
        for (id, version) in wanted.sorted(by: { $0.key < $1.key }) where plan.lock[id]?.version != version {
            let reasons = plan.moves.filter { $0.name.id == id.string }.flatMap(\.reasons).map { "\($0)" }
            throw AmxError(
                .conflict,
                "cannot bring \(id) to \(version): "
                    + (reasons.isEmpty ? "its source has no such release" : reasons.joined(separator: "; ")),
                hint: reasons.isEmpty
                    ? "`amx outdated` shows what there is" : "change what is required first: `amx why \(id)`")
        }
    }

    /// Whether all that must be there is in the lock, or in the workspace: without that, the lock cannot do.
    private func names(_ manifest: WorkspaceManifest, _ lock: WorkspaceLock) throws(AmxError) -> Bool {
        for requirement in manifest.requirements where requirement.kind != .optional && lock[requirement.id] == nil {
            if try workspace.capsule(requirement.id).form() == nil { return false }
        }
        return true
    }

    /// What a plan over the locked releases comes to, without a look elsewhere, and what remembers that it changes nothing; nil when they
    /// do not do.
    private func stored(
        _ manifest: WorkspaceManifest, _ lock: WorkspaceLock, _ places: any ReleasePlaces
    ) throws -> (plan: InstallationPlan, remember: () -> Void)? {
        let moment = SettledMoment()
        let stored = StoredReleasePlaces(workspace, lock: lock, remotes: manifest.remotes, places)
        let planner = try InstallationPlanner(
            workspace, requirements: manifest.requirements, lock: lock, places: stored)
        do {
            let plan = try planner.plan(.frozen)
            return (plan, { planner.rememberSettled(plan, since: moment) })
        } catch is InstallationConflict {
            return nil
        }
    }

    /// Whether a plan over the locked releases settles the optional requirements too: nil where those that it leaves out have to be looked
    /// for, false where they cannot be. A frozen lock has the last word; whoever asks for something wants to have it looked for.
    private func settles(_ known: InstallationPlan, isEdit: Bool) -> Bool? {
        if isEdit { return known.dropped.isEmpty ? true : nil }
        if LeftOutRequirements(workspace).contains(known.dropped) { return true }
        return isFrozen || options.isOffline ? false : nil
    }

    func perform(_ operation: WorkspaceOperation) throws(AmxError) -> OperationResult? {
        guard !options.isDryRun else { return nil }
        try Interruption.check()
        let actor = EventActor.current(workspace)
        return try workspace.write { () throws(AmxError) in try workspace.perform(operation, by: actor) }
    }

    private func drift(_ what: String, _ cause: (any Error)? = nil) -> AmxError {
        AmxError(
            .verification, "\(WorkspaceLock.fileName) does not fit what is required: \(what)",
            hint: "run `amx install` without --frozen, look at what it changes, and commit that", cause: cause)
    }

    private func differences(_ old: WorkspaceLock, _ new: WorkspaceLock) -> String {
        let ids = Set(old.capsules.map(\.id) + new.capsules.map(\.id)).sorted().filter { old[$0] != new[$0] }
        return ids.prefix(5).map(\.string).joined(separator: ", ") + (ids.count > 5 ? " and \(ids.count - 5) more" : "")
    }
}

extension EventActor {
    /// Whoever runs this process, as commits name them.
    static func current(_ workspace: Workspace) -> EventActor {
        let email = try? workspace.identity().email
        return EventActor(userID: email, userAgent: "amx/\(Amx.version)")
    }
}
