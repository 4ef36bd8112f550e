import Objects
import Versions

/// What a manifest says that choosing versions needs, without the rest.
struct ManifestFacts: Sendable {
    let id: CapsuleID
    let version: SemanticVersion
    let dependencies: [Dependency]
}

extension ManifestFacts {
    /// Reads a manifest's bytes with all the checks of ``Manifest``.
    init(parsing bytes: [UInt8], limits: Limits) throws(AmxError) {
        let manifest = try Manifest.parse(bytes, limits: limits)
        (id, version, dependencies) = (manifest.id, manifest.version, manifest.dependencies)
    }
}
