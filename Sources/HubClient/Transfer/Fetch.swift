package import Capsules
package import Objects
package import Workspaces

/// Brings a remote repository's branches and releases into a capsule's repository.
///
/// `refs/heads/*` become `refs/remotes/<remote>/*`, whatever they were before; releases (annotated `refs/tags/v*`) keep
/// their names and never change. Of a workspace, the event chains of its other copies come under their own names and only go
/// forward. All objects pass the checks of a push; references move together, after the objects are
/// durable. Interrupted or refused, a fetch leaves the repository as it was. Blocking.
package struct Fetch {
    /// What a fetch takes and removes.
    package struct Options: Sendable {
        /// Whether `refs/remotes/<remote>/*` of branches that are gone there are removed.
        package var prunes = false
        /// Whether the remote's releases are taken; a fork's may have the names of others.
        package var takesReleases = true

        /// Takes everything and removes nothing.
        package init() {}
    }

    let id: CapsuleID
    let remote: any RemoteRepository
    let tracking: TrackingRefs
    let repository: Repository
    let options: Options
    let limits: Limits
    let sightings: ReleaseSightings?
    let kind: RepositoryKind?
    private let replica: ReplicaID?

    /// Prepares a fetch; `remoteName` is the component after `refs/remotes/`.
    ///
    /// Without `kind`, either a capsule or a workspace of that name may come, without events. `replica` is this copy of a
    /// workspace, whose own event chain is left alone. With `sightings` the signatures are held against that workspace's policy and known keys.
    package init(
        _ id: CapsuleID, from remote: any RemoteRepository, named remoteName: String, into repository: Repository,
        kind: RepositoryKind? = .capsule, replica: ReplicaID? = nil, options: Options = Options(),
        limits: Limits = .standard, sightings: ReleaseSightings? = nil
    ) {
        self.replica = replica
        self.kind = kind
        self.id = id
        self.remote = remote
        self.sightings = sightings
        tracking = TrackingRefs(remote: remoteName)
        self.repository = repository
        self.options = options
        self.limits = limits
    }

    /// Fetches. A release there that differs from the one of that name here is rejected, and the rest comes.
    ///
    /// Where an earlier fetch has broken off in the middle of a pack, it is finished first, as of the moment when it began; then
    /// what is new since then comes. `listed` is what the remote has been seen to have a moment ago.
    package func run(
        listed: RemoteRefs? = nil, progress: (TransferProgress) -> Void = { _ in }
    ) throws -> TransferResult {
        let there = try listed ?? remote.refs()
        let kept = remote.openKept()
        let earlier = try finishEarlier(kept, progress: progress)
        let later = try run(there, Source(kept: kept, broken: nil), progress: progress)
        guard let earlier else { return later }
        return TransferResult(
            id: id, refs: later.refs.map { Self.join(earlier.refs, $0) }, head: later.head,
            resumedBytes: earlier.resumedBytes)
    }

    /// Where a pack comes from.
    struct Source {
        /// Where what comes is kept while it is not whole.
        let kept: KeptPack?
        /// The fetch that it goes on with; nil for a new one.
        let broken: (fetch: BrokenFetch, prefix: PackPrefix)?
    }

    /// Brings what a listing of the other side's references has.
    func run(
        _ there: RemoteRefs, _ source: Source, progress: (TransferProgress) -> Void
    ) throws -> TransferResult {
        let here = try repository.refs.snapshot()
        // What has gone since is for the listing of now to say.
        var outcomes = try plan(there, here, prunes: source.broken == nil)
        let changes = outcomes.filter { $0.status == .ok }
        guard !changes.isEmpty else {
            source.kept?.discard()
            return TransferResult(id: id, refs: outcomes, head: there.head)
        }
        outcomes = try receive(outcomes, wanting: changes.compactMap(\.new), there, here, source, progress: progress)
        try Interruption.check()
        let accepted = outcomes.filter { $0.status == .ok }.map { (name: $0.ref, new: $0.new) }
        try repository.refs.commit(tracking.updates(accepted, presentThere: there.branches, here))
        return try TransferResult(
            id: id, refs: outcomes.map(markForced), head: there.head, resumedBytes: source.broken?.prefix.bytes ?? 0)
    }

    /// What this fetch would find when nothing there has changed since the last one; nil when there is anything to do.
    package func unchanged(_ there: RemoteRefs) throws(AmxError) -> TransferResult? {
        Self.unchanged(id, try plan(there, repository.refs.snapshot()), there)
    }

    /// What a capsule's fetch would find when nothing there has changed since the last one; nil when there is anything to do.
    ///
    /// Looks at references only, so it costs little.
    package static func unchanged(
        _ id: CapsuleID, _ there: RemoteRefs, _ here: RefSnapshot, named remoteName: String,
        options: Options = Options()
    ) -> TransferResult? {
        unchanged(id, plan(there, here, TrackingRefs(remote: remoteName), options, location: remoteName), there)
    }

    private static func unchanged(_ id: CapsuleID, _ outcomes: [RefOutcome], _ there: RemoteRefs) -> TransferResult? {
        for outcome in outcomes where outcome.status != .upToDate { return nil }
        return TransferResult(id: id, refs: outcomes, head: there.head)
    }

    // MARK: References

    /// What a listing of the other side's references leads to; with `prunes` false, nothing is removed.
    func plan(
        _ there: RemoteRefs, _ here: RefSnapshot, prunes: Bool = true
    ) throws(AmxError) -> [RefOutcome] {
        var options = options
        options.prunes = options.prunes && prunes
        let outcomes = Self.plan(there, here, tracking, options, location: remote.location)
        guard kind == .workspace else { return outcomes }
        let chains = EventChains(repository: repository, own: replica)
        return outcomes + (try chains.fetched(there, here, location: remote.location))
    }

    private static func plan(
        _ there: RemoteRefs, _ here: RefSnapshot, _ tracking: TrackingRefs, _ options: Options, location: String
    ) -> [RefOutcome] {
        var outcomes: [RefOutcome] = []
        for branch in there.branches {
            guard let name = tracking.name(for: branch.name) else { continue }
            outcomes.append(RefOutcome(name, old: here[name]?.id, new: branch.id))
        }
        if options.prunes {
            let present = Set(outcomes.map(\.ref))
            for gone in tracking.all(in: here) where !present.contains(gone.name) {
                outcomes.append(RefOutcome(gone.name, old: gone.id, new: nil))
            }
        }
        guard options.takesReleases else { return outcomes }
        for tag in there.tags {
            guard let name = tag.name.tag, name.hasPrefix("v") else { continue }
            let old = here[tag.name]?.id
            var rejection: RefOutcome.Rejection?
            if let old, old != tag.id {
                rejection = conflict(here: old, there: tag.id, location)
            } else if tag.peeled == nil {
                rejection = noRelease
            }
            outcomes.append(RefOutcome(tag.name, old: old, new: tag.id, rejection: rejection))
        }
        return outcomes
    }

    /// Why a tag that names a commit itself is left: nothing is wrong with what it names.
    static let noRelease = RefOutcome.Rejection(.failure, "it is not an annotated tag, so it is no release")

    private static func conflict(here: ObjectID, there: ObjectID, _ location: String) -> RefOutcome.Rejection {
        .init(
            .conflict, "the release is \(here.abbreviated) here and \(there.abbreviated) at \(location)",
            hint: "a release never changes: find out who replaced it, and where, before you trust either; "
                + "of a fork, fetch without releases: `amx remote set-url NAME --no-releases`")
    }

    /// Says of a branch whether the remote has replaced its history.
    private func markForced(_ outcome: RefOutcome) throws(AmxError) -> RefOutcome {
        guard outcome.status == .ok, let old = outcome.old, let new = outcome.new, outcome.ref.tag == nil,
            repository.contains(old), try !CommitWalk(repository).isAncestor(old, of: new)
        else { return outcome }
        return outcome.forced()
    }

    // MARK: Objects

    /// Gets and publishes what is missing of the tips; returns the outcomes with those rejected that a push of the same
    /// would be rejected for.
    private func receive(
        _ outcomes: [RefOutcome], wanting tips: [ObjectID], _ there: RemoteRefs, _ here: RefSnapshot,
        _ source: Source, progress: (TransferProgress) -> Void
    ) throws -> [RefOutcome] {
        let wants = missing(tips)
        guard !wants.isEmpty else {
            // One that was killed when its pack had its place, and its references had not, has left a folder that no other pack meets.
            try Quarantine.sweep("\(repository.path)/objects")
            source.kept?.discard()
            return try judge(outcomes, try IncomingObjects(repository: repository, limits: limits), here)
        }
        progress(.counting)
        var intake = try PackIntake(into: repository, limits: limits, keptIn: source.kept)
        do {
            if let broken = source.broken {
                try goOn(broken.fetch, after: broken.prefix, &intake, source.kept, progress: progress)
            } else {
                try begin(wants, &intake, there, here, source.kept, progress: progress)
            }
        } catch {
            source.kept?.pause()
            throw error
        }
        do {
            let judged = try judge(outcomes, intake.finish(tips: tips, progress: progress), here)
            if judged.contains(where: { $0.status == .ok }) { try intake.publish() }
            source.kept?.discard()
            return judged
        } catch {
            source.kept?.discard()
            throw error
        }
    }

    /// The tips that are not here, each once.
    func missing(_ tips: [ObjectID]) -> [ObjectID] {
        var seen: Set<ObjectID> = []
        return tips.filter { !repository.contains($0) && seen.insert($0).inserted }
    }

    private func begin(
        _ wants: [ObjectID], _ intake: inout PackIntake, _ there: RemoteRefs, _ here: RefSnapshot, _ kept: KeptPack?,
        progress: (TransferProgress) -> Void
    ) throws {
        let negotiator = try HistoryNegotiator(
            repository, tips: here.refs.map(\.commit), listed: there.refs.map { $0.peeled ?? $0.id })
        var hasBegun = false
        try remote.fetch(wants, negotiator: negotiator, progress: progress) { bytes throws(AmxError) in
            try Interruption.check()
            if !hasBegun {
                hasBegun = true
                if let request = remote.resumableRequest {
                    kept?.begin(BrokenFetch(refs: there, request: request).note)
                }
            }
            try intake.receive(bytes, progress: progress)
        }
    }

    /// The outcomes with those rejected that may not be; throws when a release's key has changed.
    private func judge(
        _ outcomes: [RefOutcome], _ incoming: IncomingObjects, _ here: RefSnapshot
    ) throws(AmxError) -> [RefOutcome] {
        let verdicts = RefVerdicts(
            incoming, of: id, kind: kind, signatures: try sightings?.policy() ?? .none, tracking: tracking, here)
        let judged = outcomes.map(verdicts.judge)
        try sightings?.take(verdicts.releases)
        return judged
    }
}
