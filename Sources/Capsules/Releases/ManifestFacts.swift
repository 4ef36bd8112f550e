import Objects
import Versions

/// What a manifest says that choosing versions needs, without the rest.
struct ManifestFacts: Sendable {
    let id: CapsuleID
    let version: SemanticVersion
    let dependencies: [Dependency]
    let aimatrixVersion: VersionConstraint?
}

extension ManifestFacts {
    /// What was read of a release before, which can be used.
    init(_ id: CapsuleID, _ release: Release) {
        self.init(
            id: id, version: release.version, dependencies: release.dependencies,
            aimatrixVersion: release.aimatrixVersion)
    }

    /// Reads a manifest's bytes with all the checks of ``Manifest``.
    init(parsing bytes: [UInt8], limits: Limits) throws(AmxError) {
        let manifest = try Manifest.parse(bytes, limits: limits)
        (id, version, dependencies) = (manifest.id, manifest.version, manifest.dependencies)
        aimatrixVersion = manifest.aimatrixVersion
    }
}
