import Capsules
package import Objects
package import Versions

extension Workspace {
    /// What is here as the order of loading takes it, by id, so that the same capsules always come in the same order; of what is
    /// installed, the release that the lock names.
    package func loadCandidates() throws(AmxError) -> [LoadCandidate] {
        let lock = try lock() ?? WorkspaceLock()
        var manifests: [CapsuleID: Manifest] = [:]
        for capsule in try developedCapsules(lock) { manifests[capsule.id] = capsule.manifest }
        for entry in lock.capsules where entry.lane == nil && manifests[entry.id] == nil {
            guard let manifest = try capsule(entry.id).manifest(of: entry) else { continue }
            manifests[entry.id] = manifest
        }
        return manifests.sorted { $0.key < $1.key }.map(\.value.loadCandidate)
    }
}
