package import Capsules
package import Objects
import Versions

/// What a plan's releases are and ask for, once they have been fetched: the look that comes before anything is visible.
///
/// Reads; what it comes to is recorded by the operation that carries it out.
package struct InstallationReview: Sendable {
    /// What somebody has to approve, in the order of the plan.
    package private(set) var demands: [ApprovalDemand]
    /// How risky the plan is.
    package private(set) var risk: RiskAssessment
    /// What is installed already and is asked for, too.
    package private(set) var waiting = WaitingApprovals()
    /// The hooks that the plan would call: recorded, and never run by installing.
    package let hooks: [PendingHook]
    private var granted: [Approval]
    /// The capsules that come, move or go, by id.
    private let moved: [CapsuleID]
    private let subjects: [RiskSubject]
    private let workspace: Workspace

    /// Looks at what a plan would bring, for telling only: what is not here yet is taken from its place as it is said to be there,
    /// and no signature counts. Nil where a place cannot tell, so that it has to be fetched first.
    package init?(preview plan: InstallationPlan, in workspace: Workspace, _ places: any ReleasePlaces) throws {
        var looks: [Look] = []
        let repositories = RepositoryNames(workspace)
        for step in plan.steps {
            let capsule = workspace.capsule(step.id)
            if let repository = try repositories.repository(step.id), repository.contains(step.release.commit),
                let entry = plan.lock[step.id]
            {
                let manifest = try capsule.manifest(ofTree: step.release.tree, in: repository)
                looks.append(
                    Look(
                        step: step, manifest: manifest, digest: entry.digest, signature: nil,
                        bytes: try repository.contentSize(ofTree: step.release.tree)))
            } else {
                guard let content = try places.place(at: step.address).content(of: step.id, step.release) else {
                    return nil
                }
                // The versions between have to be looked at, too.
                if let old = step.old, let wanted = content.manifest.updatesFrom, !wanted.accepts(old.version) {
                    return nil
                }
                looks.append(
                    Look(
                        step: step, manifest: content.manifest, digest: content.digest, signature: nil,
                        bytes: step.release.size ?? content.size))
            }
        }
        try self.init(looks, plan, in: workspace)
    }

    /// Looks at all of a plan; `.verification` when a release is not what its tag, its manifest or the lock says of it, or has a bad
    /// signature; `.denied` when the policy wants a signature that it does not have.
    package init(
        _ plan: InstallationPlan, in workspace: Workspace, isRestoration: Bool = false
    ) throws(AmxError) {
        var looks: [Look] = []
        for step in plan.steps {
            let capsule = workspace.capsule(step.id)
            guard let repository = try workspace.anyRepository(step.id), let entry = plan.lock[step.id] else {
                throw capsule.missing()
            }
            let verification = try capsule.verify(release: step.release.name, as: entry, in: repository)
            // What was approved before is found by the digest of what is here.
            if let old = step.old, repository.contains(old.commit) { try old.checkContent(in: repository) }
            // What it asks for is read from that tree, which for a hub is what its index says.
            guard try repository.commit(entry.commit).tree == step.release.tree, entry.tree == step.release.tree else {
                throw AmxError(
                    .verification,
                    "cannot install \(step.id) \(step.release.version): \(step.address) says that its tree is \(step.release.tree.abbreviated), and its commit has another",
                    hint: "whoever runs the server has to put its index right")
            }
            let manifest = try capsule.manifest(ofTree: step.release.tree, in: repository)
            // Versions were chosen by what the place had said, which for a hub is its index.
            guard manifest.dependencies == step.release.dependencies else {
                throw AmxError(
                    .verification,
                    "cannot install \(step.id) \(step.release.version): \(step.address) says that it requires something else than its manifest does",
                    hint: "whoever runs the server has to put its index right")
            }
            let bytes: UInt64
            if let size = step.release.size {
                bytes = size
            } else {
                bytes = try repository.contentSize(ofTree: step.release.tree)
            }
            looks.append(
                Look(
                    step: step, manifest: manifest, digest: entry.digest, signature: verification.signature,
                    bytes: bytes))
        }
        try self.init(looks, plan, in: workspace, isRestoration: isRestoration)
    }

    /// Looks at the releases that an operation brings back: those of its lock that the workspace's does not name; as for a plan, but that
    /// a version may always be gone back to.
    package init(restoring lock: WorkspaceLock, in workspace: Workspace) throws(AmxError) {
        let before = try workspace.lock() ?? WorkspaceLock()
        var steps: [InstallationPlan.Step] = []
        for entry in lock.capsules where entry.lane == nil && before[entry.id]?.commit != entry.commit {
            guard case .tag(let name) = entry.line, let repository = try workspace.anyRepository(entry.id) else {
                continue
            }
            let releases = try ReleaseReader(entry.id).releases(
                in: repository.path, table: workspace.releaseTablePath(entry.id, at: repository.path))
            guard let release = releases.first(where: { $0.name == name }) else {
                throw workspace.capsule(entry.id).missing()
            }
            steps.append(
                InstallationPlan.Step(
                    id: entry.id, old: before[entry.id].flatMap { $0.isRelease ? $0 : nil }, release: release,
                    address: entry.source.text, requestedBy: entry.requestedBy))
        }
        let departures = before.capsules.filter { $0.lane == nil && $0.isRelease && lock[$0.id] == nil }
        try self.init(
            InstallationPlan(steps: steps, departures: departures, lock: lock, moves: [], dropped: []), in: workspace,
            isRestoration: true)
    }

    /// One release of a plan.
    private struct Look {
        let step: InstallationPlan.Step
        let manifest: Manifest
        let digest: ContentDigest
        let signature: SignatureVerdict?
        let bytes: UInt64
    }

    private init(
        _ looks: [Look], _ plan: InstallationPlan, in workspace: Workspace, isRestoration: Bool = false
    ) throws(AmxError) {
        self.workspace = workspace
        let known = try workspace.approvals()
        var subjects: [RiskSubject] = []
        var demands: [ApprovalDemand] = []
        var hooks: [PendingHook] = []
        var counted = CountedDigests(workspace)
        for look in looks {
            let capsule = workspace.capsule(look.step.id)
            var old: Manifest?
            var installed: ContentDigest?
            // What is measured against is what lies here, whatever the lock says that it is.
            if look.step.old != nil, let here = try capsule.installedBase() {
                let repository = try capsule.existingRepository()
                old = try capsule.manifest(ofTree: repository.commit(here).tree, in: repository)
                installed = try counted.digest(of: here, of: capsule)
            }
            if let old, !isRestoration { try Self.checkUpdate(from: old, look, in: workspace) }
            subjects.append(
                RiskSubject(
                    old: old, oldDigest: installed, new: look.manifest, digest: look.digest,
                    signature: look.signature, otherOwner: look.step.otherOwner, bytes: Int64(clamping: look.bytes)))
            if let demand = known.demand(of: look.manifest, digest: look.digest, installed: installed) {
                demands.append(demand)
            }
            hooks += PendingHook.of(look.manifest, digest: look.digest, on: old == nil ? .installation : .update)
        }
        counted.save()
        for entry in plan.departures {
            guard let manifest = try workspace.capsule(entry.id).manifest(of: entry) else { continue }
            hooks += PendingHook.of(manifest, digest: entry.digest, on: .removal)
        }
        (self.demands, self.hooks) = (demands, hooks)
        granted = looks.map { Approval(of: $0.manifest, digest: $0.digest) }
        moved = (looks.map(\.step.id) + plan.departures.map(\.id)).sorted()
        risk = RiskAssessment(of: subjects)
        self.subjects = subjects
    }

    /// Refuses, with `.conflict`, an update that the new version says it cannot be reached by; where there is a way through versions
    /// between, the error names it.
    private static func checkUpdate(from old: Manifest, _ look: Look, in workspace: Workspace) throws(AmxError) {
        let new = look.manifest
        guard let wanted = new.updatesFrom, old.version != new.version, !wanted.accepts(old.version) else { return }
        let capsule = workspace.capsule(look.step.id)
        var stations = [UpdatePath.Station(new.version, updatesFrom: wanted)]
        if let repository = try workspace.anyRepository(look.step.id) {
            for tag in try repository.refs.snapshot().tags {
                let tree = try repository.commit(tag.commit).tree
                guard let manifest = try? capsule.manifest(ofTree: tree, in: repository) else { continue }
                stations.append(UpdatePath.Station(manifest.version, updatesFrom: manifest.updatesFrom))
            }
        }
        let path = try UpdatePath(from: old.version, to: new.version, through: stations)
        guard path.versions.count > 1 else { return }
        throw UpdateDetour(capsule: look.step.id, path: path.versions).error(from: old.version)
    }

    /// The events of what somebody has approved, to be recorded with the operation.
    package func approvalEvents() throws(AmxError) -> [EventDraft] {
        guard !demands.isEmpty else { return [] }
        let organization = try workspace.organization()
        return demands.map { demand in
            EventDraft(
                .approved, in: EventStream(demand.capsule, of: organization),
                payload: [
                    "version": .string(demand.version.text), "digest": .string(demand.digest.text),
                    "reason": .string(demand.reason.rawValue),
                    "granted": .strings(demand.changes.map { "\($0.kind.rawValue) \($0.subject)" }),
                ])
        }
    }

    /// Asks for what waits of capsules that are installed already, too; `.verification` where that is not what the lock says of it.
    package mutating func add(_ all: WaitingApprovals) throws(AmxError) {
        // What comes in the place of one that waits is asked for by itself.
        waiting = all.without(Set(moved))
        try waiting.check(in: workspace)
        demands += waiting.demands
        granted += waiting.granted
        if !waiting.demands.isEmpty { risk = RiskAssessment(of: subjects + waiting.subjects) }
    }

    /// What becomes of the approvals when somebody has agreed to all of it: a part of the operation that carries the plan out.
    package var approvals: ApprovalChange {
        ApprovalChange(granted, hooks: hooks, of: moved)
    }
}

extension WorkspaceCapsule {
    /// Verifies a release against its tag, its manifest, the lock and the policy, wherever its repository lies.
    ///
    /// `.verification` when anything is not as it should be, `.denied` when the policy wants a signature that it does not have.
    func verify(
        release name: String, as entry: LockedCapsule, in repository: Repository
    ) throws(AmxError) -> Verification {
        var audit = RevisionAudit(
            .capsule, of: repository, policy: try workspace.signaturePolicy(of: id), locked: [entry], digest: nil)
        let tag = try RefName(tag: name).flatMap { (name) throws(AmxError) in try repository.refs.snapshot()[name] }
        guard let tag, tag.commit == entry.commit else {
            throw AmxError(
                .verification, "the release \(name) of \(id) is not commit \(entry.commit.abbreviated)",
                hint: "a release never changes: find out who replaced it before you trust either")
        }
        var verification = look("\(id)@\(name)", tag, at: entry.commit, as: tag.name, &audit)
        // What comes from a file is signed beside it.
        if verification.signature?.state == SignatureVerdict.State.none, let file = FileSource(entry.source.text),
            let signature = try workspace.signature(of: file, id, content: entry.digest)
        {
            verification = verification.holding(signature)
        }
        guard verification.isValid else {
            throw AmxError(
                verification.failure?.code ?? .verification,
                "cannot install \(id) \(entry.version.text): \(verification.problem ?? verification.signature?.problem ?? "its content is not what \(verification.source ?? "it") says")",
                hint: "look at it with `amx verify` where it comes from, and do not use it until you know why")
        }
        guard verification.isAccepted(requiringSignature: false) else {
            throw AmxError(
                .denied,
                "cannot install \(id) \(entry.version.text): the policy wants its release signed by somebody trusted",
                hint: "`amx trust list` shows whom you trust; `amx config --list` the policy")
        }
        return verification
    }
}

extension Repository {
    /// What all files of a tree have together, in bytes.
    func contentSize(ofTree tree: ObjectID) throws(AmxError) -> UInt64 {
        var sum: UInt64 = 0
        for file in try files(ofTree: tree) {
            guard let header = try header(file.id) else { continue }
            let (next, isOver) = sum.addingReportingOverflow(UInt64(clamping: header.size))
            sum = isOver ? .max : next
        }
        return sum
    }
}
