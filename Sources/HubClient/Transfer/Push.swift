package import Capsules
package import Objects
import Versions
import Wire

/// Brings a capsule's branches and releases to a remote repository.
///
/// Branches only fast-forward, unless a lease says otherwise, and releases are only added: what would do more is rejected
/// here, before anything is sent, and so is what no door lets in (`IncomingPolicy`).
/// A workspace's push brings this copy's event chain with it. Each reference is updated on its own. What was pushed is noted in `refs/remotes/<remote>/*`. Blocking.
package struct Push {
    private let id: CapsuleID
    private let repository: Repository
    private let remote: any RemoteRepository
    private let remoteName: String
    private let options: PushOptions
    private let kind: RepositoryKind
    private let replica: ReplicaID?

    /// Prepares a push of a capsule, or of the workspace with that name; `remoteName` is the component after `refs/remotes/`.
    ///
    /// `replica` is this copy of a workspace, whose event chain goes with it.
    package init(
        _ id: CapsuleID, from repository: Repository, to remote: any RemoteRepository, named remoteName: String,
        kind: RepositoryKind = .capsule, replica: ReplicaID? = nil, options: PushOptions = PushOptions()
    ) {
        self.replica = replica
        self.kind = kind
        self.id = id
        self.repository = repository
        self.remote = remote
        self.remoteName = remoteName
        self.options = options
    }

    /// Pushes. Rejections stand in the result; what concerns the whole push is thrown.
    ///
    /// `check` sees what is there before anything is sent, and may throw. Where the remote's references are `known` and leave
    /// nothing to push, nothing is asked of it.
    package func run(
        known: RemoteRefs? = nil, progress: (TransferProgress) -> Void = { _ in },
        check: (RemoteRefs) throws -> Void = { _ in }
    ) throws -> TransferResult {
        let here = try repository.refs.snapshot()
        let branches = options.deletions.isEmpty ? try selected(here) : []
        let verdicts = RefVerdicts(try IncomingObjects(repository: repository), of: id, kind: kind)
        if let known {
            let outcomes = try plan(branches, known, here, verdicts)
            if outcomes.allSatisfy({ $0.status == .upToDate }) {
                try check(known)
                return try finish(outcomes, known, here)
            }
        }
        let there = try remote.refsForPush()
        try check(there)
        var outcomes = try plan(branches, there, here, verdicts)
        let changes = outcomes.filter { $0.status == .ok }
        guard !options.isDryRun else { return TransferResult(id: id, refs: outcomes, head: there.head) }
        if !changes.isEmpty {
            var refused = try send(changes, there, progress: progress)
            for ref in arrived(changes, refused) { refused[ref] = nil }
            outcomes = outcomes.map { outcome in refused[outcome.ref].map { outcome.rejected($0) } ?? outcome }
        }
        return try finish(outcomes, there, here, resumedBytes: changes.isEmpty ? 0 : remote.resumedBytes)
    }

    /// Notes what became of the references, and returns it.
    private func finish(
        _ outcomes: [RefOutcome], _ there: RemoteRefs, _ here: RefSnapshot, resumedBytes: Int = 0
    ) throws -> TransferResult {
        if !options.isDryRun { try note(outcomes, there, here) }
        return TransferResult(id: id, refs: outcomes, head: there.head, resumedBytes: resumedBytes)
    }

    /// What names the capsule in a command line, after a blank; a workspace is meant when nothing is named.
    private var named: String { kind == .workspace ? "" : " \(id)" }

    // MARK: What is pushed

    /// What pushing branches, or the deletions, comes to by the other side's references.
    private func plan(
        _ branches: [Ref], _ there: RemoteRefs, _ here: RefSnapshot, _ verdicts: RefVerdicts
    ) throws -> [RefOutcome] {
        var outcomes = try branches.map { branch throws(AmxError) in verdicts.judge(try plan(branch, there, here)) }
        let heads = outcomes.filter { $0.status != .rejected }.compactMap(\.new)
        outcomes += try releases(here, reachedFrom: heads).map { verdicts.judge(plan(release: $0, there)) }
        if options.deletions.isEmpty, let events = try events(there, here) { outcomes.append(verdicts.judge(events)) }
        for name in options.deletions { outcomes.append(try planDeletion(of: name, there, here)) }
        return outcomes
    }

    private func selected(_ here: RefSnapshot) throws(AmxError) -> [Ref] {
        let selected: [Ref]
        switch options.selection {
        case .all: selected = Array(here.branches)
        case .current:
            guard let branch = here.head.branch else {
                throw AmxError(
                    .failure, "cannot push \(id): it is on no branch",
                    hint: "run `amx \(kind == .workspace ? "workspace switch" : "switch \(id)") BRANCH`")
            }
            selected = here[branch].map { [$0] } ?? []
        }
        guard !selected.isEmpty else {
            throw AmxError(
                .notFound, "cannot push \(id): it has no commit yet", hint: "run `amx commit\(named) -m MESSAGE`")
        }
        return selected
    }

    private func plan(_ branch: Ref, _ there: RemoteRefs, _ here: RefSnapshot) throws(AmxError) -> RefOutcome {
        let outcome = RefOutcome(branch.name, old: there[branch.name], new: branch.id)
        let lease = branch.name.branch.flatMap(options.lease)
        if let lease, let broken = breach(of: lease, outcome, here) { return outcome.rejected(broken) }
        guard let old = outcome.old, outcome.status == .ok else { return outcome }
        let isKnown = repository.contains(old)
        if isKnown, try CommitWalk(repository).isAncestor(old, of: branch.id) { return outcome }
        guard lease == nil else { return outcome.forced() }
        return outcome.rejected(
            .init(
                .conflict, "non-fast-forward: \(remoteName) has commits that are not in this branch",
                hint: "run `amx pull \(remoteName)\(named) --merge` first, then push again"))
    }

    private func planDeletion(of name: String, _ there: RemoteRefs, _ here: RefSnapshot) throws(AmxError) -> RefOutcome
    {
        guard let ref = RefName(branch: name) else {
            throw AmxError(
                .usage, "\(name) is not a branch's name", hint: "name the branch as `amx ls-remote` shows it")
        }
        let outcome = RefOutcome(ref, old: there[ref], new: nil)
        if let lease = options.lease(for: name), let broken = breach(of: lease, outcome, here) {
            return outcome.rejected(broken)
        }
        guard outcome.old == nil else { return outcome }
        if let release = RefName(tag: name), there[release] != nil {
            return outcome.rejected(
                .init(
                    .notFound, "\(remoteName) has no such branch: it is a release, and a release is never deleted",
                    hint: "release the next version in its place"))
        }
        return outcome.rejected(
            .init(
                .notFound, "\(remoteName) has no such branch",
                hint: "`amx ls-remote \(remoteName)\(named)` shows those that it has"))
    }

    /// Why a lease does not hold; nil when it does.
    private func breach(
        of lease: PushOptions.Lease, _ outcome: RefOutcome, _ here: RefSnapshot
    ) -> RefOutcome.Rejection? {
        let expected: ObjectID?
        switch lease.expectation {
        case .commit(let id): expected = id
        case .tracked:
            guard outcome.old != outcome.new else { return nil }
            expected = TrackingRefs(remote: remoteName).name(for: outcome.ref).flatMap { here[$0]?.id }
        }
        guard outcome.old != expected else { return nil }
        let found = outcome.old.map { "it is at \($0.abbreviated)" } ?? "it does not exist"
        let wanted = expected.map { "at \($0.abbreviated)" } ?? "to be new"
        return .init(
            .conflict, "stale info: \(found) there, and was expected \(wanted)",
            hint: "run `amx fetch \(remoteName)\(named)` and look at what has changed, then push again")
    }

    private func plan(release: Ref, _ there: RemoteRefs) -> RefOutcome {
        let outcome = RefOutcome(release.name, old: there[release.name], new: release.id)
        guard outcome.old != nil, outcome.status == .ok else { return outcome }
        return outcome.rejected(
            .init(
                .conflict, "\(remoteName) has another release of that name, and a release never changes",
                hint: "release the content under a new version"))
    }

    private func events(_ there: RemoteRefs, _ here: RefSnapshot) throws(AmxError) -> RefOutcome? {
        guard kind == .workspace else { return nil }
        return try EventChains(repository: repository, own: replica).pushed(there, here, location: remote.location)
    }

    /// The releases whose commits some heads reach.
    private func releases(_ here: RefSnapshot, reachedFrom heads: [ObjectID]) throws(AmxError) -> [Ref] {
        let releases = here.tags.filter { tag in
            tag.peeled != nil
                && tag.name.tag.map { $0.hasPrefix("v") && SemanticVersion(String($0.dropFirst())) != nil } == true
        }
        var missing = Set(releases.map(\.commit))
        let wanted = missing
        guard !missing.isEmpty else { return [] }
        try CommitWalk(repository).visit(heads) { node in
            missing.remove(node.id)
            return !missing.isEmpty
        }
        let reached = wanted.subtracting(missing)
        return releases.filter { reached.contains($0.commit) }
    }

    // MARK: Sending

    /// The refused references that are there by now as they were to be: an earlier push that was cut off here may just have come to its end
    /// there.
    private func arrived(_ changes: [RefOutcome], _ refused: [RefName: RefOutcome.Rejection]) -> [RefName] {
        let overtaken = changes.filter { $0.new != nil && refused[$0.ref]?.code == .conflict }
        guard !overtaken.isEmpty, let now = try? remote.refs() else { return [] }
        return overtaken.filter { now[$0.ref] == $0.new }.map(\.ref)
    }

    /// Sends what is new; returns the references that the other side rejected.
    private func send(
        _ changes: [RefOutcome], _ there: RemoteRefs, progress: (TransferProgress) -> Void
    ) throws -> [RefName: RefOutcome.Rejection] {
        progress(.counting)
        var walk = ObjectWalk(repository)
        walk.findsBases = remote.takesThinPacks
        let objects = try walk.objects(
            wants: changes.compactMap(\.new), haves: there.refs.map(\.id).filter { repository.contains($0) })
        let commands = changes.map { change in
            PushCommand(name: change.ref.string, old: change.old ?? .zero, new: change.new ?? .zero)
        }
        let report = try remote.push(commands, progress: progress) { sink throws(AmxError) in
            var bytes = 0
            try PackWriter().write(objects, of: repository) { piece throws(AmxError) in
                try Interruption.check()
                try sink(piece)
                bytes += piece.count
                progress(.sending(bytes: bytes, objects: objects.count))
            }
        }
        var refused: [RefName: RefOutcome.Rejection] = [:]
        let names = Dictionary(changes.map { ($0.ref.string, $0.ref) }, uniquingKeysWith: { first, _ in first })
        for result in report.results {
            guard let ref = names[result.name] else { continue }
            if let failure = report.unpackFailure {
                refused[ref] = RefusalReason.rejection(failure, concernsPack: true)
            } else if case .rejected(let reason) = result.outcome {
                refused[ref] = RefusalReason.rejection(reason)
            }
        }
        return refused
    }

    /// Notes where the other side's branches are now.
    private func note(_ outcomes: [RefOutcome], _ there: RemoteRefs, _ here: RefSnapshot) throws(AmxError) {
        let tracking = TrackingRefs(remote: remoteName)
        var changes: [(name: RefName, new: ObjectID?)] = []
        for outcome in outcomes where outcome.status != .rejected {
            guard let name = tracking.name(for: outcome.ref), here[name]?.id != outcome.new else { continue }
            changes.append((name, outcome.new))
        }
        try repository.refs.commit(tracking.updates(changes, presentThere: there.branches, here))
    }
}
