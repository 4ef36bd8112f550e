package import Capsules
import Guard

/// Why a capsule does not get what it asks its host for: who says no, what would have had to say otherwise, and what to do.
package struct HostDenial: Error, Hashable, Sendable {
    /// The capsule's id.
    package var capsule: String
    /// The host function, such as `kv.set`.
    package var method: String
    package var layer: DenialLayer
    /// What is not allowed, as part of a sentence.
    package var reason: String
    /// What would have had to say otherwise, such as `capabilities.kv`.
    package var rule: String
    /// What to do so that it is allowed, as a sentence without a full stop.
    package var remedy: String

    package init(
        capsule: String, method: String, layer: DenialLayer, reason: String, rule: String, remedy: String
    ) {
        (self.capsule, self.method, self.layer) = (capsule, method, layer)
        (self.reason, self.rule, self.remedy) = (reason, rule, remedy)
    }

    /// What the program is told.
    package var fault: HostFault { HostFault(layer == .quota ? .quotaExceeded : .denied, description) }

    /// The denial as an event has it.
    package var json: JSONObject {
        [
            "capsule": .string(capsule), "method": .string(method), "layer": .string(layer.rawValue),
            "reason": .string(reason), "rule": .string(rule), "remedy": .string(remedy),
        ]
    }
}

extension HostDenial: CustomStringConvertible {
    package var description: String {
        "capsule '\(capsule)' denied: \(reason) (\(layer.rawValue): \(rule)); \(remedy)"
    }
}
