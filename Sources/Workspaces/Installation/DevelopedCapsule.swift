package import Capsules
package import Objects
import Versions

/// A capsule that is worked on in a workspace, as its working form is now.
package struct DevelopedCapsule: Sendable {
    /// The capsule.
    package let id: CapsuleID
    /// The manifest of the working form.
    package let manifest: Manifest
}

extension Workspace {
    /// The capsules that are developed here: those with a working form that the lock does not name by a release.
    ///
    /// Throws what is wrong with the manifest of one of them, since nothing can be said about what it requires.
    package func developedCapsules(_ lock: WorkspaceLock) throws(AmxError) -> [DevelopedCapsule] {
        var developed: [DevelopedCapsule] = []
        for id in try capsuleIDs() {
            let capsule = capsule(id)
            if let entry = lock[id], case .tag = entry.line, try capsule.isInstalled(as: entry) { continue }
            guard try capsule.form() != nil else { continue }
            let bytes = try capsule.bytes(of: TreePath(Manifest.fileName))
            developed.append(
                DevelopedCapsule(id: id, manifest: try Manifest.parse(bytes, file: "\(id)/\(Manifest.fileName)")))
        }
        return developed
    }
}

extension WorkspaceCapsule {
    /// Whether the working form was made from the release that the lock names, or is not there.
    func isInstalled(as entry: LockedCapsule) throws(AmxError) -> Bool {
        guard Directory.exists(repositoryPath), let here = RefSnapshot(unopened: repositoryPath) else {
            return try form() == nil
        }
        guard let base = here[.base]?.id else { return try form() == nil }
        return base == entry.commit
    }
}
