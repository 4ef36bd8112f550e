package import Capsules
package import Objects
package import Versions

/// Chooses versions for a workspace, and says what that comes to.
///
/// Reads; changes nothing. One thread.
package struct InstallationPlanner {
    /// How often a solve is done again because a capsule turned out to be required from one more place.
    private static let rounds = 64

    let workspace: Workspace
    private let candidates: WorkspaceCandidates
    private let places: any ReleasePlaces
    private let requirements: [Requirement]
    private let lock: WorkspaceLock
    private let installed: [CapsuleID: InstalledCapsule]
    private let developed: [DevelopedCapsule]
    private let shared: String?
    /// Versions that are wanted in place of those of the lock.
    private let wanted: [CapsuleID: SemanticVersion]
    private let amxVersion: SemanticVersion?

    /// Prepares; the requirements are those of `amx.json` as it is to be.
    ///
    /// `wanted` versions count as if they were the lock's: they are chosen wherever the requirements allow them. Releases that do not
    /// work with `amxVersion` are not chosen, but where the lock names them; nil is no version in particular.
    package init(
        _ workspace: Workspace, requirements: [Requirement], lock: WorkspaceLock, places: any ReleasePlaces,
        wanted: [CapsuleID: SemanticVersion] = [:], amxVersion: SemanticVersion? = nil, limits: Limits = .standard
    ) throws(AmxError) {
        (self.wanted, self.places, self.amxVersion) = (wanted, places, amxVersion)
        self.workspace = workspace
        self.requirements = requirements
        self.lock = lock
        try workspace.checkLines(of: lock)
        installed = try workspace.installedCapsules(lock)
        developed = try workspace.developedCapsules(besides: installed)
        candidates = WorkspaceCandidates(places, developed: developed, amxVersion: amxVersion, limits: limits)
        shared = try? places.place(ofRemote: nil).address
    }

    /// What the workspace requires but develops itself, and what it develops.
    package var developedIDs: Set<CapsuleID> { Set(developed.map(\.id)) }

    /// Chooses; throws ``InstallationConflict`` when there is no solution, `.failure` with the concrete cycle when capsules require each
    /// other in a circle, and what keeps a place from answering.
    package func plan(_ update: ResolutionRequest.Update) throws -> InstallationPlan {
        var rounds = Self.rounds
        let limits = SolverLimits()
        var effort = Effort(limits)
        while true {
            candidates.restart(keeping: kept(by: update))
            let roots = try candidates.roots(requirements)
            let request = ResolutionRequest(roots, locked: try locked(), update: update)
            let outcome = try Resolver(Catalogue(candidates), limits: limits).resolve(request, within: &effort)
            rounds -= 1
            guard candidates.isComplete || rounds == 0 else { continue }
            switch outcome {
            case .resolved(let resolution): return try plan(resolution)
            case .conflict(let contradiction):
                throw InstallationConflict(try contradiction.explain(), unmet: try candidates.unmet(requirements))
            case .gaveUp(let bound):
                throw AmxError(
                    .failure, "cannot choose versions: gave up after \(bound), a solution may exist",
                    hint:
                        "narrow the requirements in \(WorkspaceManifest.fileName): name the versions that you know to work"
                )
            }
        }
    }

    /// The versions that may stay whatever Amx they need: those of the lock, but of what is to be updated by name.
    private func kept(by update: ResolutionRequest.Update) -> [CapsuleID: SemanticVersion] {
        var moving: Set<PackageName> = []
        if case .packages(let names) = update { moving = names }
        let staying = lock.capsules.filter { $0.lane == nil && !moving.contains(PackageName($0.id.string)) }
        return Dictionary(staying.map { ($0.id, $0.version) }, uniquingKeysWith: { first, _ in first })
            .merging(wanted) { $1 }
    }

    /// Refuses, with `.verification`, a lock that says something else of a commit than its release does: what is approved by the lock's
    /// words would count for other content.
    private func check(_ old: LockedCapsule, says release: Release, from address: String) throws(AmxError) {
        let statements = [
            ("digest", old.digest.text, release.digest?.text ?? old.digest.text),
            ("tree", old.tree.hex, release.tree.hex),
            ("version", old.version.text, release.version.text),
        ]
        guard let wrong = statements.first(where: { !$0.1.utf8.elementsEqual($0.2.utf8) }) else { return }
        throw AmxError(
            .verification,
            "\(old.id) at \(old.commit.abbreviated) has the \(wrong.0) \(wrong.1) in \(WorkspaceLock.fileName), and \(wrong.2) at \(address)",
            hint: "somebody has changed the lock, or the release: find out who before you trust either")
    }

    /// Refuses, with `.conflict`, a release that does not work with this Amx; row A-061 has the words.
    private func checkAmxVersion(_ id: CapsuleID, _ release: Release) throws(AmxError) {
        guard let amxVersion, let needed = release.aimatrixVersion, !needed.accepts(amxVersion) else { return }
        throw AmxError(
            .conflict,
            "cannot install \(id) \(release.version): Platform version \(amxVersion) incompatible with required \(needed)",
            hint: "update Amx, or take a version that works with this one: `amx update \(id)`")
    }

    /// The installed capsules that have newer releases, or were withdrawn, by id.
    package func outdated() throws -> [OutdatedCapsule] {
        let plan = try plan(.everything)
        let allowed = Dictionary(
            plan.lock.capsules.map { ($0.id, $0.version) }, uniquingKeysWith: { first, _ in first })
        var outdated: [OutdatedCapsule] = []
        for entry in lock.capsules where entry.lane == nil && !isBranch(entry) {
            let known = candidates.known(entry.id)
            let latest = known.filter { !$0.isYanked && !$0.version.isPrerelease }.map(\.version).max()
            let isYanked = known.contains { $0.version == entry.version && $0.isYanked }
            let allowed = allowed[entry.id]
            guard isYanked || [allowed, latest].contains(where: { $0.map { $0 > entry.version } ?? false }) else {
                continue
            }
            outdated.append(
                OutdatedCapsule(
                    id: entry.id, version: entry.version, allowed: allowed, latest: latest,
                    address: address(entry) ?? entry.source.text, isYanked: isYanked))
        }
        return outdated
    }

    private func address(_ entry: LockedCapsule) -> String? {
        switch entry.source {
        case .workspace: shared
        case .address(let address): address
        }
    }

    private func locked() throws -> [PackageName: Candidate] {
        let developed = developedIDs
        var locked: [PackageName: Candidate] = [:]
        for entry in lock.capsules where entry.lane == nil && !developed.contains(entry.id) {
            guard case .tag = entry.line, let address = address(entry) else { continue }
            locked[PackageName(entry.id.string)] = Candidate(wanted[entry.id] ?? entry.version, source: address)
        }
        for (id, version) in wanted where lock[id] == nil {
            // Where it comes from is not known before its requirement has been looked at.
            guard let address = candidates.pin(id) else { continue }
            locked[PackageName(id.string)] = Candidate(version, source: address)
        }
        return locked
    }

    // MARK: The plan

    private func plan(_ resolution: Resolution) throws -> InstallationPlan {
        let developed = developedIDs
        let required = Set(requirements.map(\.id))
        var steps: [CapsuleID: InstallationPlan.Step] = [:]
        var entries = lock.capsules.filter { $0.lane != nil || isBranch($0) || developed.contains($0.id) }
        var kept: Set<CapsuleID> = []
        try prefetchUncounted(resolution)
        let repositories = RepositoryNames(workspace)
        var claims: [InstallationPlan.Claim] = []
        let chosen = Dictionary(
            resolution.packages.map { ($0.name, $0.candidate.source) }, uniquingKeysWith: { first, _ in first })
        for package in resolution.packages {
            guard let id = try? CapsuleID(package.name.id), !developed.contains(id),
                let release = candidates.release(id, package.candidate)
            else { continue }
            let address = package.candidate.source
            let asked =
                package.dependents.map(\.id) + (required.contains(id) ? [LockedCapsule.Source.workspace.text] : [])
            let old = lock[id].flatMap { isBranch($0) ? nil : $0 }
            kept.insert(id)
            if let asked = candidates.redirect(id, to: address) {
                claims.append(InstallationPlan.Claim(id: id, asked: asked, address: address))
            }
            let source: LockedCapsule.Source = address == shared ? .workspace : .address(address)
            if let old, old.commit == release.commit {
                try check(old, says: release, from: address)
                entries.append(
                    LockedCapsule(
                        id: id, version: old.version, line: .tag(release.name), commit: old.commit, tree: old.tree,
                        digest: old.digest, source: source, requestedBy: asked))
                guard !isHere(old) else { continue }
            } else if let old, old.version == release.version {
                throw AmxError(
                    .verification,
                    "\(id) \(release.version) is commit \(old.commit.abbreviated) in \(WorkspaceLock.fileName), and \(release.commit.abbreviated) at \(address)",
                    hint: FileSource(old.source.text) == nil
                        ? "a release never changes: find out who replaced it, and where, before you trust either"
                        : "what is here was made of a file, and a release never changes: `amx remove \(id)`, then install it anew"
                )
            } else {
                entries.append(try entry(id, release, source, asked, from: address, repositories))
            }
            try checkAmxVersion(id, release)
            steps[id] = InstallationPlan.Step(
                id: id, old: old?.commit == release.commit ? try workspace.capsule(id).installedRelease() : old,
                release: release, address: address, requestedBy: asked)
            // Those who ask for it come from there, or `amx.json` names it; or something has come from there before.
            let askers = package.dependents.map { chosen[$0] == WorkspaceCandidates.workspace ? shared : chosen[$0] }
            if !(askers + [candidates.askedPlace(id), old.flatMap(self.address)]).contains(address) {
                steps[id]?.otherOwner = address.split(separator: "/").last.map(String.init) ?? address
            }
        }
        let departures = lock.capsules.filter {
            $0.lane == nil && !isBranch($0) && !kept.contains($0.id) && !developed.contains($0.id)
        }
        var plan = InstallationPlan(
            steps: try InstallationOrder(resolution, candidates, developed: self.developed).sorted(steps),
            departures: departures, lock: WorkspaceLock(entries), moves: resolution.moves, dropped: resolution.dropped)
        plan.claims = claims.sorted { $0.id < $1.id }
        return plan
    }

    /// Asks for the contents of what states no digest, before each is asked for by itself.
    private func prefetchUncounted(_ resolution: Resolution) throws {
        var wanted: [String: [(id: CapsuleID, release: Release)]] = [:]
        for package in resolution.packages {
            guard let id = try? CapsuleID(package.name.id),
                let release = candidates.release(id, package.candidate), release.digest == nil,
                lock[id]?.commit != release.commit
            else { continue }
            wanted[package.candidate.source, default: []].append((id, release))
        }
        for (address, releases) in wanted.sorted(by: { $0.key < $1.key }) {
            try places.place(at: address).prefetchContent(releases)
        }
    }

    private func isBranch(_ entry: LockedCapsule) -> Bool {
        if case .branch = entry.line { return true }
        return false
    }

    /// Whether what the lock names is in the workspace.
    private func isHere(_ entry: LockedCapsule) -> Bool { installed[entry.id]?.isCurrent ?? false }

    /// The lock's entry for a release; its digest is what the release states, or what is counted once it is here.
    private func entry(
        _ id: CapsuleID, _ release: Release, _ source: LockedCapsule.Source, _ asked: [String], from address: String,
        _ repositories: RepositoryNames
    ) throws -> LockedCapsule {
        let digest: ContentDigest
        if let stated = release.digest {
            digest = stated
        } else if let repository = try repositories.repository(id), repository.contains(release.commit) {
            digest = try repository.digest(ofTree: release.tree)
        } else if let content = try places.place(at: address).content(of: id, release) {
            digest = content.digest
        } else {
            throw AmxError(
                .verification, "\(id) \(release.version) states no digest of its content",
                hint: "it was not released by Amx: fetch it with `amx fetch` and look at it first")
        }
        return LockedCapsule(
            id: id, version: release.version, line: .tag(release.name), commit: release.commit, tree: release.tree,
            digest: digest, source: source, requestedBy: asked)
    }
}
