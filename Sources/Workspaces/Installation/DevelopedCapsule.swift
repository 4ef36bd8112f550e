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
        try developedCapsules(besides: installedCapsules(lock))
    }

    /// The same where the installed ones are known.
    func developedCapsules(
        besides installed: [CapsuleID: InstalledCapsule]
    ) throws(AmxError) -> [DevelopedCapsule] {
        var developed: [DevelopedCapsule] = []
        for id in try capsuleIDs() where installed[id] == nil {
            let capsule = capsule(id)
            guard try capsule.form() != nil else { continue }
            let bytes = try capsule.bytes(of: TreePath(Manifest.fileName))
            developed.append(
                DevelopedCapsule(id: id, manifest: try Manifest.parse(bytes, file: "\(id)/\(Manifest.fileName)")))
        }
        return developed
    }
}
