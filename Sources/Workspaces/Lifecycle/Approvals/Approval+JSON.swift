import Capsules
import Objects
import Versions

extension Approval {
    /// The entry of `.aimatrix/approvals.json`.
    var json: JSONValue {
        [
            "approvedAt": .string(time.text), "capsule": .string(capsule.string), "digest": .string(digest.text),
            "granted": .object(granted.document), "hooks": .strings(hooks.map(\.rawValue)),
            "version": .string(version.text),
        ]
    }

    /// Reads the form of ``json``; nil for anything else.
    init?(_ value: JSONValue) {
        guard let id = value["capsule"]?.string, let capsule = try? CapsuleID(id),
            let version = value["version"]?.string.flatMap({ SemanticVersion($0) }),
            let digest = value["digest"]?.string.flatMap({ ContentDigest($0) }),
            let granted = value["granted"]?.object, let names = value["hooks"]?.array,
            let time = value["approvedAt"]?.string.flatMap({ EventTime(canonical: $0) })
        else { return nil }
        var hooks: Set<LifecycleHooks.Phase> = []
        for name in names {
            guard let phase = name.string.flatMap({ LifecycleHooks.Phase(rawValue: $0) }) else { return nil }
            hooks.insert(phase)
        }
        self.init(
            capsule: capsule, version: version, digest: digest, granted: GrantedCapabilities(reading: granted),
            hooks: hooks, time: time)
    }
}

extension PendingHook {
    /// Reads the form of ``json``; nil for anything else.
    init?(_ value: JSONValue) {
        guard let id = value["capsule"]?.string, let capsule = try? CapsuleID(id),
            let version = value["version"]?.string.flatMap({ SemanticVersion($0) }),
            let digest = value["digest"]?.string.flatMap({ ContentDigest($0) }),
            let phase = value["phase"]?.string.flatMap({ LifecycleHooks.Phase(rawValue: $0) }),
            let script = value["script"]?.string, let path = try? TreePath(script)
        else { return nil }
        self.init(capsule: capsule, version: version, digest: digest, phase: phase, script: path)
    }
}
