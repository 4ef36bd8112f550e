import Capsules
import Objects

/// Where a merge of the workspace takes its capsules, as far as can be told now.
///
/// A capsule that only the other side has moved goes where that side's `amx.lock` says; one that both have moved goes to the
/// newer commit. Where neither commit holds the other it is undecided, until a merge of the capsule itself holds both.
struct CapsuleMerge {
    /// What `amx.lock` says once the merge is concluded; ours for the capsules that are undecided.
    let lock: WorkspaceLock
    /// The entries of capsules that are here and go elsewhere.
    let moves: [LockedCapsule]
    /// The entries of installed capsules that go.
    let departures: [LockedCapsule]
    /// The capsules that are undecided.
    let undecided: [WorkspaceLockMerge.Conflict]
    /// What to do about each of those, for people.
    let advice: [String]

    /// The entry of `amx.lock` in the list of conflicts; nil when all is decided.
    func conflict() throws(AmxError) -> MergeConflict? {
        guard !undecided.isEmpty else { return nil }
        var conflict = MergeConflict(try TreePath(WorkspaceLock.fileName), .json)
        conflict.values = undecided.map(\.value)
        conflict.type = .dependency
        conflict.reason =
            advice.prefix(3).joined(separator: ", ") + (advice.count > 3 ? " and \(advice.count - 3) more" : "")
        return conflict
    }
}

extension WorkspaceFiles {
    /// Finds out where a merge of two commits of the workspace takes the capsules.
    ///
    /// Ours is where the capsules are now, with `made`, commits that are about to be. Of what is undecided, `choice` says what was taken
    /// where that is theirs. Opens the repositories of capsules that are elsewhere
    /// on the other side, and changes nothing.
    func capsuleMerge(
        _ ours: ObjectID, _ theirs: ObjectID, made: [CommitResult] = [], choosing choice: WorkspaceLock? = nil,
        in repository: Repository
    ) throws(AmxError) -> CapsuleMerge {
        let base = try MergeBase.find(ours, theirs, in: repository, kinds: .workspace)
        let here = try workspace.currentLock(made, previous: lockBefore(ours, in: repository))
        var advice: [CapsuleID: String] = [:]
        let merge = try WorkspaceLockMerge(
            base: lock(in: base, repository), ours: here, theirs: lock(at: theirs, in: repository) ?? WorkspaceLock()
        ) { mine, other throws(AmxError) in
            try newer(mine, other, &advice)
        }
        let taken = merge.conflicts.filter { choice?.takesTheirs(of: $0) == true }
        var undecided = merge.conflicts.filter { choice?.takesTheirs(of: $0) != true }
        var entries = merge.lock.capsules.filter { entry in
            !taken.contains { $0.id == entry.id && $0.lane == entry.lane }
        }
        entries = WorkspaceLock(entries + taken.compactMap(\.theirs)).capsules
        var moves: [LockedCapsule] = []
        for (index, entry) in entries.enumerated() where entry.lane == nil {
            let old = here[entry.id]
            let capsule = workspace.capsule(entry.id)
            let isHere = try Directory.exists(capsule.repositoryPath) ? true : capsule.form() != nil
            if let old, old.isSameRevision(as: entry) { continue }
            guard isHere else {
                if try workspace.canReturn(entry) { moves.append(entry) }
                continue
            }
            if try capsule.repository()?.contains(entry.commit) == true {
                moves.append(entry)
                continue
            }
            // The lock must not say what is not so here.
            advice[entry.id] = "`amx pull \(entry.id)` brings its commit"
            undecided.append(
                WorkspaceLockMerge.Conflict(
                    id: entry.id, base: nil, ours: old, theirs: entry, path: JSONPath.root.key("capsules").index(index))
            )
            if let old { entries[index] = old }
        }
        let lock = WorkspaceLock(entries)
        return CapsuleMerge(
            lock: lock, moves: moves,
            departures: here.capsules.filter { $0.lane == nil && $0.isRelease && lock[$0.id] == nil },
            undecided: undecided.sorted { $0.id < $1.id },
            advice: undecided.map(\.id).sorted().map { id in
                advice[id] ?? "\(id) is not here and both sides say something else of it"
            })
    }

    /// What the lock said before a merge of a commit, with what has been installed and removed since: a merge that has stopped has written
    /// its own, which names releases that have not come yet.
    private func lockBefore(_ ours: ObjectID, in repository: Repository) throws(AmxError) -> WorkspaceLock? {
        let (committed, now) = (try lock(at: ours, in: repository), try workspace.writtenLock())
        guard let committed, let now, committed != now else { return committed ?? now }
        var entries: [LockedCapsule] = []
        for entry in committed.capsules
        where now[entry.id] != nil || !entry.isRelease || workspace.heldPlace(entry.id) != .removed {
            entries.append(entry)
        }
        for entry in now.capsules where entry.lane == nil && entry.isRelease && committed[entry.id] != entry {
            guard try workspace.capsule(entry.id).installedBase() == entry.commit,
                committed[entry.id]?.commit != entry.commit
            else { continue }
            entries.removeAll { $0.id == entry.id && $0.lane == nil }
            entries.append(entry)
        }
        return WorkspaceLock(entries)
    }

    /// The merge of the capsules that belongs to a merge that has not ended.
    func capsuleMerge(of state: MergeState, made: [CommitResult] = []) throws(AmxError) -> CapsuleMerge {
        let repository = try existingRepository()
        var choice: WorkspaceLock?
        if state.entries.contains(where: { Self.isLock($0.conflict) && $0.isResolved }) {
            choice = try lock(ofTree: state.tree, named: "of the merge", in: repository)
        }
        return try capsuleMerge(state.ours, state.theirs, made: made, choosing: choice, in: repository)
    }

    /// What becomes of the capsules, checked; `.conflict` where something would be lost on the way.
    func moves(
        of merge: CapsuleMerge, from ours: ObjectID, branch: RefName, in repository: Repository
    ) throws(AmxError) -> CapsuleMoves {
        CapsuleMoves(
            steps: try steps(to: merge.moves, from: ours, branch: branch, in: repository),
            departures: try workspace.departures(of: merge.departures))
    }

    /// The steps that bring capsules to entries of a lock; `.conflict` where something would be lost on the way.
    func steps(
        to entries: [LockedCapsule], from ours: ObjectID, branch: RefName, in repository: Repository
    ) throws(AmxError) -> [CapsuleStep] {
        let current = try lock(at: ours, in: repository)
        var steps: [CapsuleStep] = []
        for entry in entries {
            let capsule = workspace.capsule(entry.id)
            let step = try capsule.step(
                to: entry, from: current?[entry.id], leaving: branch.branch ?? branch.string)
            if let step { steps.append(step) }
        }
        return steps
    }

    /// Which of two places of a capsule is the newer one; nil where neither holds the other, with what to do about it.
    private func newer(
        _ ours: LockedCapsule, _ theirs: LockedCapsule, _ advice: inout [CapsuleID: String]
    ) throws(AmxError) -> MergeSide? {
        let id = ours.id
        guard ours.lane == nil, let repository = try workspace.capsule(id).repository() else { return nil }
        guard repository.contains(theirs.commit) else {
            advice[id] = "`amx pull \(id)` brings its commit"
            return nil
        }
        let walk = CommitWalk(repository)
        if try walk.isAncestor(theirs.commit, of: ours.commit) { return .ours }
        if ours.line == theirs.line, try walk.isAncestor(ours.commit, of: theirs.commit) { return .theirs }
        advice[id] = "`amx merge \(id) \(theirs.commit.abbreviated)` brings both together"
        return nil
    }

    /// The lock of a merge's base.
    private func lock(in base: MergeBase?, _ repository: Repository) throws(AmxError) -> WorkspaceLock? {
        guard let base, let file = base.files.first(where: { $0.path.bytes.elementsEqual(WorkspaceLock.fileName.utf8) })
        else { return nil }
        let bytes: [UInt8]
        if let merged = base.contents[file.id] {
            bytes = merged
        } else {
            bytes = try repository.read(file.id, as: .blob)
        }
        return try WorkspaceLock.parse(bytes, file: "\(WorkspaceLock.fileName) of the common ancestor")
    }
}

extension WorkspaceLock {
    /// Whether the lock, of which the sides say different things, has what theirs says of a capsule.
    fileprivate func takesTheirs(of conflict: WorkspaceLockMerge.Conflict) -> Bool {
        let mine = capsules.first { $0.id == conflict.id && $0.lane == conflict.lane }
        switch (mine, conflict.theirs) {
        case (nil, nil): return true
        case (.some(let mine), .some(let theirs)): return mine.isSameRevision(as: theirs)
        default: return false
        }
    }
}

extension WorkspaceLockMerge.Conflict {
    /// The lane that both sides mean.
    fileprivate var lane: String? { (ours ?? theirs ?? base)?.lane }
}
