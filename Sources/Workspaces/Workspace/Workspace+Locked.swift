import Capsules
import Objects

extension Workspace {
    /// What `amx.lock` should say: what each capsule is at that has a commit and a working form here.
    ///
    /// Entries of `previous` for capsules that are not here at all stay, and so does the text of those that have not moved.
    /// `commits` are about to be made.
    func currentLock(
        _ commits: [CommitResult] = [], previous: WorkspaceLock?
    ) throws(AmxError) -> WorkspaceLock {
        let made = Dictionary(commits.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let remotes = try remotes()
        let shared = (try? defaultRemote().name) ?? "origin"
        let ids = try capsuleIDs()
        let here = Set(ids)
        var entries = (previous?.capsules ?? []).filter { !here.contains($0.id) || $0.lane != nil }
        for id in ids {
            let capsule = capsule(id)
            guard let repository = try capsule.repository() else { continue }
            guard try capsule.form() != nil else {
                // A pull that has not come to its end leaves a repository alone.
                if let entry = previous?[id], try repository.refs.snapshot()[.base] == nil { entries.append(entry) }
                continue
            }
            let position = try capsule.position(in: repository)
            guard let commit = made[id]?.commit ?? position.base ?? position.head else { continue }
            let old = previous?[id]
            // An installed capsule stays what it was locked as, also where that has not come here yet.
            if made[id] == nil, let old, case .tag = old.line, try capsule.installedBase() != nil {
                entries.append(old)
                continue
            }
            let source = Self.source(position.snapshot, remotes, shared: shared)
            entries.append(
                try capsule.lockEntry(
                    at: commit, line: .branch(position.branchName), source: source, known: old, in: repository))
        }
        return WorkspaceLock(entries)
    }

    /// Where a capsule comes from, by the remotes that have been seen to have it; the workspace is shared through the default one.
    private static func source(
        _ snapshot: RefSnapshot, _ remotes: [Remote], shared: String
    ) -> LockedCapsule.Source {
        var names: Set<Substring> = []
        for ref in snapshot.refs(withPrefix: "refs/remotes/") {
            guard let rest = ref.name.suffix(after: "refs/remotes/") else { continue }
            names.insert(Substring(rest.prefix { $0 != "/" }))
        }
        guard !names.contains(Substring(shared)) else { return .workspace }
        let other = remotes.first { names.contains(Substring($0.name)) }
        return other.map { .address($0.url) } ?? .workspace
    }
}

extension WorkspaceCapsule {
    /// What the lock says of the capsule at a commit; read from the repository unless `known` says it of the same commit.
    func lockEntry(
        at commit: ObjectID, line: LockedCapsule.Line, source: LockedCapsule.Source, known: LockedCapsule?,
        in repository: Repository
    ) throws(AmxError) -> LockedCapsule {
        if let known, known.commit == commit {
            return LockedCapsule(
                id: id, version: known.version, line: line, commit: commit, tree: known.tree, digest: known.digest,
                source: source, requestedBy: known.requestedBy)
        }
        let tree = try repository.commit(commit).tree
        return LockedCapsule(
            id: id, version: try manifest(ofTree: tree, in: repository).version, line: line, commit: commit, tree: tree,
            digest: try repository.digest(ofTree: tree), source: source,
            requestedBy: known?.requestedBy ?? ["workspace"])
    }
}
