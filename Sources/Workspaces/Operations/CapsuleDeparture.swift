import Capsules
import Objects

/// An installed capsule that goes with its branch of the workspace.
struct CapsuleDeparture {
    /// What is here.
    let entry: LockedCapsule
    /// What its working form was made from.
    let base: ObjectID
}

extension Workspace {
    /// The installed capsules that `before` names and `after` does not, as files that another branch does not have.
    ///
    /// What is developed here stays, also where it was installed once. `.conflict` where something would be lost.
    func departures(
        from before: WorkspaceLock?, to after: WorkspaceLock?
    ) throws(AmxError) -> [CapsuleDeparture] {
        try departures(of: before?.capsules.filter { after?[$0.id] == nil } ?? [])
    }

    /// Those of some entries of a lock that are installed here, checked.
    func departures(of entries: [LockedCapsule]) throws(AmxError) -> [CapsuleDeparture] {
        var departures: [CapsuleDeparture] = []
        for entry in entries where entry.lane == nil && entry.isRelease {
            let capsule = capsule(entry.id)
            try capsule.finishPending()
            guard let base = try capsule.installedBase(), let repository = try capsule.repository() else { continue }
            try checkMayGo(entry, repository)
            let here = base == entry.commit ? entry : try capsule.installedRelease() ?? entry
            departures.append(CapsuleDeparture(entry: here, base: base))
        }
        return departures
    }

    /// Whether a release that is not here waits where its departure, or its removal, has put it.
    func canReturn(_ entry: LockedCapsule) throws(AmxError) -> Bool {
        guard entry.isRelease, entry.lane == nil, heldPlace(entry.id) == .removed,
            try capsule(entry.id).form() == nil
        else { return false }
        return try anyRepository(entry.id)?.contains(entry.commit) ?? false
    }
}
