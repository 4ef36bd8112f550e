package import Objects

/// Three versions of an `amx.lock` merged by capsule: a pure value.
///
/// What an entry says of the revision (version, branch or release, commit, tree, digest) is one value, since its parts only
/// mean something together; who asks for the capsule is a set. The result is canonical, as every ``WorkspaceLock`` is.
package struct WorkspaceLockMerge: Sendable {
    /// A capsule of which both sides say something else.
    package struct Conflict: Sendable, Hashable {
        /// The capsule.
        package let id: CapsuleID
        /// The entries; nil where there is none.
        package let base: LockedCapsule?
        package let ours: LockedCapsule?
        package let theirs: LockedCapsule?
        /// The place in the result; that of all entries where it lacks this one.
        package let path: JSONPath

        /// Makes one.
        package init(
            id: CapsuleID, base: LockedCapsule?, ours: LockedCapsule?, theirs: LockedCapsule?, path: JSONPath
        ) {
            (self.id, self.base, self.ours, self.theirs, self.path) = (id, base, ours, theirs, path)
        }

        /// The conflict as one of JSON values.
        package var value: JSONConflict {
            JSONConflict(path: path, base: base?.json, ours: ours?.json, theirs: theirs?.json)
        }
    }

    /// The result; where both sides differ, it has what `favor` has.
    package let lock: WorkspaceLock
    /// What could not be decided, by capsule.
    package let conflicts: [Conflict]

    private struct Key: Hashable {
        let id: CapsuleID
        let lane: String?
    }

    /// Merges. `decide` says which of two revisions is the newer one; nil where that cannot be told.
    package init(
        base: WorkspaceLock?, ours: WorkspaceLock, theirs: WorkspaceLock, favor: MergeSide = .ours,
        decide: (_ ours: LockedCapsule, _ theirs: LockedCapsule) throws(AmxError) -> MergeSide? = { _, _ in nil }
    ) throws(AmxError) {
        let (before, left, right) = (Self.table(base), Self.table(ours), Self.table(theirs))
        var merged: [LockedCapsule] = []
        var undecided: [Key] = []
        for key in Set(before.keys).union(left.keys).union(right.keys) {
            let (old, here, there) = (before[key], left[key], right[key])
            if Self.same(here, there) || Self.same(there, old) {
                merged += [here.map { Self.joined($0, base: old, here, there) }].compactMap { $0 }
            } else if Self.same(here, old) {
                merged += [there.map { Self.joined($0, base: old, here, there) }].compactMap { $0 }
            } else {
                var side: MergeSide?
                if let here, let there { side = here.commit == there.commit ? .ours : try decide(here, there) }
                if side == nil { undecided.append(key) }
                let chosen =
                    switch side ?? favor {
                    case .base: old
                    case .ours: here
                    case .theirs: there
                    }
                merged += [chosen.map { Self.joined($0, base: old, here, there) }].compactMap { $0 }
            }
        }
        let lock = WorkspaceLock(merged)
        self.lock = lock
        conflicts =
            undecided
            .map { key in
                let index = lock.capsules.firstIndex { $0.id == key.id && $0.lane == key.lane }
                let all = JSONPath.root.key("capsules")
                return Conflict(
                    id: key.id, base: before[key], ours: left[key], theirs: right[key],
                    path: index.map { all.index($0) } ?? all)
            }
            .sorted { ($0.id, $0.path.description) < ($1.id, $1.path.description) }
    }

    private static func table(_ lock: WorkspaceLock?) -> [Key: LockedCapsule] {
        Dictionary(
            (lock?.capsules ?? []).map { (Key(id: $0.id, lane: $0.lane), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether two entries are of the same revision.
    private static func same(_ left: LockedCapsule?, _ right: LockedCapsule?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (.some(let left), .some(let right)): left.isSameRevision(as: right)
        default: false
        }
    }

    /// An entry with what is merged apart from its revision.
    private static func joined(
        _ entry: LockedCapsule, base: LockedCapsule?, _ ours: LockedCapsule?, _ theirs: LockedCapsule?
    ) -> LockedCapsule {
        guard let ours, let theirs else { return entry }
        let old = Set(base?.requestedBy ?? [])
        let (left, right) = (Set(ours.requestedBy), Set(theirs.requestedBy))
        let kept = left.union(right).subtracting(old.subtracting(left)).subtracting(old.subtracting(right))
        return LockedCapsule(
            id: entry.id, lane: entry.lane, version: entry.version, line: entry.line, commit: entry.commit,
            tree: entry.tree, digest: entry.digest, source: ours.source == base?.source ? theirs.source : ours.source,
            requestedBy: Array(kept))
    }
}

extension LockedCapsule {
    /// Whether another entry is of the same revision of the same capsule, on the same line.
    package func isSameRevision(as other: LockedCapsule) -> Bool {
        id == other.id && lane == other.lane && version == other.version && line == other.line
            && commit == other.commit && tree == other.tree && digest == other.digest
    }
}
