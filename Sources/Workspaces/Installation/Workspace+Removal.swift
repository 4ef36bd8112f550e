package import Capsules
package import Objects

extension Workspace {
    /// Why capsules should not go, by what all that is here says; `lock` is the one that still has them.
    package func obstacles(
        removing leaving: Set<CapsuleID>, lock: WorkspaceLock
    ) throws(AmxError) -> [RemovalObstacle] {
        var members = try developedCapsules(lock).map { RemovalGuard.Member($0.manifest) }
        let known = Set(members.map(\.id))
        for entry in lock.capsules where entry.lane == nil && !known.contains(entry.id) {
            guard let manifest = try capsule(entry.id).manifest(of: entry) else { continue }
            members.append(RemovalGuard.Member(manifest))
        }
        return RemovalGuard(removing: leaving, from: members).obstacles
    }

    /// Removes for good what was removed and whose grace period has passed, and the backups of what went so whose time has passed too;
    /// the caller holds the lock.
    ///
    /// The event comes first: one that is cut off is gone on with by the next call. With the capsule its approvals go, since installing it
    /// again begins another record. Those of `returning` stay: they are about to be brought back. Returns what went.
    @discardableResult
    package func removeExpired(
        by actor: EventActor, at now: EventTime = .now(), returning: Set<CapsuleID> = []
    ) throws(AmxError) -> [CapsuleID] {
        try removeOldBackups(now: now)
        let folder = directory(of: .removed)
        guard Directory.isDirectory(folder) else { return [] }
        let organization = try organization()
        let store = try EventStore(self)
        var gone: [CapsuleID] = []
        for name in try Directory.names(in: folder) where name.suffix(4).elementsEqual(".git".utf8) {
            guard let id = try? CapsuleID(String(decoding: name.dropLast(4), as: UTF8.self)), !returning.contains(id)
            else { continue }
            let stream = EventStream(id, of: organization)
            let state = try store.state(of: stream).state
            if now.isPastGrace(of: state) {
                let version: JSONValue = state["version"] ?? .null
                try store.append([EventDraft(.removed, in: stream, payload: ["version": version])], by: actor)
            } else if LifecycleState(projected: state) != .hardRemoved {
                continue
            }
            try forgetApprovals(of: id)
            try putAway(id, at: repositoryPath(id, .removed), now: now)
            gone.append(id)
        }
        if !gone.isEmpty { try Directory.sync(folder) }
        return gone
    }

    private func forgetApprovals(of id: CapsuleID) throws(AmxError) {
        let before = try approvals()
        var after = before
        after.forget(id)
        if after != before { try after.write() }
    }
}

extension InstallationPlan {
    /// The same plan, in which some capsules go although others require them.
    package func forcing(out ids: Set<CapsuleID>, of lock: WorkspaceLock) -> InstallationPlan {
        let leaving = lock.capsules.filter { entry in
            guard entry.lane == nil, case .tag = entry.line else { return false }
            return ids.contains(entry.id) && !departures.contains { $0.id == entry.id }
        }
        return InstallationPlan(
            steps: steps.filter { !ids.contains($0.id) },
            departures: (departures + leaving).sorted { $0.id < $1.id },
            lock: WorkspaceLock(self.lock.capsules.filter { $0.lane != nil || !ids.contains($0.id) }),
            moves: moves, dropped: dropped)
    }
}
