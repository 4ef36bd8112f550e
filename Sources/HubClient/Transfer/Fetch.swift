package import Capsules
package import Objects

/// Brings a remote repository's branches and releases into a capsule's repository.
///
/// `refs/heads/*` become `refs/remotes/<remote>/*`, whatever they were before; releases (annotated `refs/tags/v*`) keep
/// their names and never change. All objects pass the checks of a push; references move together, after the objects are
/// durable. Interrupted or refused, a fetch leaves the repository as it was. Blocking.
package struct Fetch {
    private let id: CapsuleID
    private let remote: any RemoteRepository
    private let tracking: TrackingRefs
    private let repository: Repository
    private let limits: Limits

    /// Prepares a fetch; `remoteName` is the component after `refs/remotes/`.
    package init(
        _ id: CapsuleID, from remote: any RemoteRepository, named remoteName: String, into repository: Repository,
        limits: Limits = .standard
    ) {
        self.id = id
        self.remote = remote
        tracking = TrackingRefs(remote: remoteName)
        self.repository = repository
        self.limits = limits
    }

    /// Fetches. `.conflict` when a release there differs from the one of that name here.
    package func run(progress: (TransferProgress) -> Void = { _ in }) throws -> TransferResult {
        let there = try remote.refs()
        let here = try repository.refs.snapshot()
        var outcomes = try plan(there, here)
        let changes = outcomes.filter { $0.status == .ok }
        guard !changes.isEmpty else { return TransferResult(id: id, refs: outcomes, head: there.head) }
        outcomes = try receive(outcomes, wanting: changes.compactMap(\.new), there, here, progress: progress)
        let accepted = outcomes.filter { $0.status == .ok }.map { (name: $0.ref, new: $0.new) }
        try repository.refs.commit(tracking.updates(accepted, presentThere: there.branches, here))
        return TransferResult(id: id, refs: outcomes, head: there.head)
    }

    // MARK: References

    private func plan(_ there: RemoteRefs, _ here: RefSnapshot) throws(AmxError) -> [RefOutcome] {
        var outcomes: [RefOutcome] = []
        for branch in there.branches {
            guard let name = tracking.name(for: branch.name) else { continue }
            outcomes.append(RefOutcome(name, old: here[name]?.id, new: branch.id))
        }
        for tag in there.tags {
            guard let name = tag.name.tag, name.hasPrefix("v") else { continue }
            let old = here[tag.name]?.id
            if let old, old != tag.id { throw conflict(name, here: old, there: tag.id) }
            let rejection: RefOutcome.Rejection? =
                tag.peeled != nil ? nil : .init(.failure, "it is not an annotated tag, so it is no release")
            outcomes.append(RefOutcome(tag.name, old: old, new: tag.id, rejection: rejection))
        }
        return outcomes
    }

    private func conflict(_ release: String, here: ObjectID, there: ObjectID) -> AmxError {
        AmxError(
            .conflict,
            "cannot fetch \(id): its release \(release) is \(here.abbreviated) here and \(there.abbreviated) at \(remote.location)",
            hint: "a release never changes: find out who replaced it, and where, before you trust either")
    }

    // MARK: Objects

    /// Gets and publishes what is missing of the tips; returns the outcomes with those rejected that a push of the same
    /// would be rejected for.
    private func receive(
        _ outcomes: [RefOutcome], wanting tips: [ObjectID], _ there: RemoteRefs, _ here: RefSnapshot,
        progress: (TransferProgress) -> Void
    ) throws -> [RefOutcome] {
        var seen: Set<ObjectID> = []
        let wants = tips.filter { !repository.contains($0) && seen.insert($0).inserted }
        guard !wants.isEmpty else {
            let verdicts = RefVerdicts(try IncomingObjects(repository: repository, limits: limits), of: id)
            return outcomes.map(verdicts.judge)
        }
        progress(.counting)
        let negotiator = try HistoryNegotiator(
            repository, tips: here.refs.map(\.commit), listed: there.refs.map { $0.peeled ?? $0.id })
        var intake = try PackIntake(into: repository, limits: limits)
        try remote.fetch(wants, negotiator: negotiator, progress: progress) { bytes throws(AmxError) in
            try intake.receive(bytes, progress: progress)
        }
        let verdicts = RefVerdicts(try intake.finish(tips: tips, progress: progress), of: id)
        let judged = outcomes.map(verdicts.judge)
        if judged.contains(where: { $0.status == .ok }) { try intake.publish() }
        return judged
    }
}
