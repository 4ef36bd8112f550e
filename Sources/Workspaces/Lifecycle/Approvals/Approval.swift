package import Capsules
package import Objects
package import Versions

/// Somebody's word that a capsule may do what it asks for (row S-130): pinned to the capsule, its exact content, and the exact list of
/// what was granted.
package struct Approval: Sendable, Hashable {
    /// The capsule.
    package let capsule: CapsuleID
    /// Its version, as written.
    package let version: SemanticVersion
    /// The content.
    package let digest: ContentDigest
    /// What was granted.
    package let granted: GrantedCapabilities
    /// The hooks of this content that may run, in the order of the phases.
    package let hooks: [LifecycleHooks.Phase]
    /// When.
    package let time: EventTime

    /// Approves all that a manifest asks for; hooks only if they are named.
    package init(
        of manifest: Manifest, digest: ContentDigest, hooks: Set<LifecycleHooks.Phase> = [],
        at time: EventTime = .now()
    ) {
        self.init(
            capsule: manifest.id, version: manifest.version, digest: digest, granted: GrantedCapabilities(of: manifest),
            hooks: hooks.filter { manifest.hooks.scripts[$0] != nil }, time: time)
    }

    init(
        capsule: CapsuleID, version: SemanticVersion, digest: ContentDigest, granted: GrantedCapabilities,
        hooks: Set<LifecycleHooks.Phase>, time: EventTime
    ) {
        (self.capsule, self.version, self.digest) = (capsule, version, digest)
        (self.granted, self.time) = (granted, time)
        self.hooks = LifecycleHooks.Phase.allCases.filter(hooks.contains)
    }

    /// Whether a hook of some content may run: no other content's approval counts.
    package func allows(_ phase: LifecycleHooks.Phase, of digest: ContentDigest) -> Bool {
        self.digest == digest && hooks.contains(phase)
    }
}
