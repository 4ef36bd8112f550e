package import Capsules
package import Objects
package import Versions

/// A hook that is to run because of what has happened to a capsule, and that nothing here runs.
///
/// Installation records and reports it; only the runner runs hooks, and only with an approval of exactly this content.
package struct PendingHook: Sendable, Hashable {
    /// What happens to a capsule, as far as hooks are concerned.
    package enum Occasion: String, Sendable, Hashable, CaseIterable {
        case installation
        case update
        case removal

        /// The hooks that it calls, in their order.
        package var phases: [LifecycleHooks.Phase] {
            switch self {
            case .installation: [.preInstall, .postInstall]
            case .update: [.preUpdate, .postUpdate]
            case .removal: [.preRemove, .postRemove]
            }
        }
    }

    /// The capsule.
    package let capsule: CapsuleID
    /// The version whose hook it is: the one that comes, and of a removal the one that goes.
    package let version: SemanticVersion
    /// That version's content.
    package let digest: ContentDigest
    /// Which hook.
    package let phase: LifecycleHooks.Phase
    /// The script.
    package let script: TreePath

    /// The hooks of a manifest that something calls.
    package static func of(_ manifest: Manifest, digest: ContentDigest, on occasion: Occasion) -> [PendingHook] {
        occasion.phases.compactMap { phase in
            manifest.hooks.scripts[phase].map { script in
                PendingHook(
                    capsule: manifest.id, version: manifest.version, digest: digest, phase: phase, script: script)
            }
        }
    }

    /// The hook as an object for `--json` and for `.aimatrix/approvals.json`.
    package var json: JSONValue {
        [
            "capsule": .string(capsule.string), "digest": .string(digest.text), "phase": .string(phase.rawValue),
            "script": .string(script.string), "version": .string(version.text),
        ]
    }
}
