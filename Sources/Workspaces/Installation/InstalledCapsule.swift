package import Capsules
package import Objects

/// A capsule that lies in a workspace as one of its releases.
package struct InstalledCapsule: Sendable, Hashable {
    /// What the lock says of it.
    package let locked: LockedCapsule
    /// The commit of the release that lies here.
    package let base: ObjectID
    /// Whether what the lock says is what is here.
    package var isCurrent: Bool { base == locked.commit }
}

extension Workspace {
    /// The capsules that are installed here: those that the lock names by a release, and that lie here as one of their releases.
    package func installedCapsules(_ lock: WorkspaceLock) throws(AmxError) -> [CapsuleID: InstalledCapsule] {
        var installed: [CapsuleID: InstalledCapsule] = [:]
        for entry in lock.capsules where entry.lane == nil {
            guard case .tag = entry.line, let base = try capsule(entry.id).installedBase() else { continue }
            installed[entry.id] = InstalledCapsule(locked: entry, base: base)
        }
        return installed
    }

    /// Whether a lock's bytes may name any release: they have `"tag"`, or an escape, by which any member may be written; the standard
    /// library's search takes half a second for ten thousand capsules.
    private static func mayNameRelease(_ lock: [UInt8]) -> Bool {
        lock.withUnsafeBytes { bytes in
            guard bytes.count > 4 else { return false }
            for index in 0..<(bytes.count - 4)
            where bytes[index] == 0x5C
                || bytes[index] == 0x22 && bytes[index + 1] == 0x74 && bytes[index + 2] == 0x61
                    && bytes[index + 3] == 0x67 && bytes[index + 4] == 0x22
            {
                return true
            }
            return false
        }
    }

    /// The releases of a lock whose repositories have come and whose forms have not: what was to bring them out has failed.
    package func unfinishedReleases(_ lock: WorkspaceLock) throws(AmxError) -> [LockedCapsule] {
        var unfinished: [LockedCapsule] = []
        for entry in lock.capsules where entry.lane == nil && entry.isRelease {
            let capsule = capsule(entry.id)
            guard try capsule.form() == nil, Directory.exists(capsule.repositoryPath),
                try capsule.existingRepository().contains(entry.commit)
            else { continue }
            unfinished.append(entry)
        }
        return unfinished
    }

    /// The lock where it may name a release; nil without reading it where it does not.
    private func lockOfReleases() throws(AmxError) -> WorkspaceLock? {
        guard let bytes = try FileContent.read(workspaceLockPath, limit: WorkspaceLock.byteLimit),
            Self.mayNameRelease(bytes)
        else { return nil }
        let lock = try WorkspaceLock.parse(bytes)
        try checkLines(of: lock)
        return lock
    }

    /// The installed capsules' ids; reads no lock that names no release.
    package func installedIDs() throws(AmxError) -> Set<CapsuleID> {
        guard let lock = try lockOfReleases() else { return [] }
        return Set(try installedCapsules(lock).keys)
    }

    /// The ids of the capsules of a lock that only an operation brings out: those that are installed, and those that are to be.
    package func operationIDs(of lock: WorkspaceLock) throws(AmxError) -> Set<CapsuleID> {
        Set(try installedCapsules(lock).keys).union(try unfinishedReleases(lock).map(\.id))
    }
}

extension WorkspaceCapsule {
    /// The release that the working form was made from, as a lock would name it; nil where there is none, or it is no release.
    func installedRelease() throws(AmxError) -> LockedCapsule? {
        guard let base = try installedBase(), let repository = try repository() else { return nil }
        let releases = try ReleaseReader(id).releases(
            in: repository.path, table: workspace.releaseTablePath(id, at: repository.path))
        guard let release = releases.first(where: { $0.commit == base }) else { return nil }
        let digest: ContentDigest
        if let stated = release.digest {
            digest = stated
        } else {
            digest = try repository.digest(ofTree: release.tree)
        }
        return LockedCapsule(
            id: id, version: release.version, line: .tag(release.name), commit: base, tree: release.tree,
            digest: digest, source: .workspace, requestedBy: [])
    }

    /// The commit that the working form was made from, when that is one of the capsule's releases; nil for a capsule without a form.
    func installedBase() throws(AmxError) -> ObjectID? {
        guard Directory.exists(repositoryPath), try form() != nil else { return nil }
        let snapshot: RefSnapshot
        if let unopened = RefSnapshot(unopened: repositoryPath) {
            snapshot = unopened
        } else {
            snapshot = try existingRepository().refs.snapshot()
        }
        guard let base = snapshot[.base]?.id, snapshot[snapshot.head.branch ?? .base]?.id == base,
            snapshot.tags.contains(where: { $0.commit == base })
        else { return nil }
        return base
    }
}
