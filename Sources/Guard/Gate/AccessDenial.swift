package import Capsules
package import Objects

/// Why something that a capsule asked for is not done.
package struct AccessDenial: Error, Hashable, Sendable {
    /// What decides, in the order in which it is asked; all must allow.
    package enum Layer: String, Hashable, Sendable, CaseIterable {
        /// What whoever asks may do.
        case role
        /// What the security level asks for.
        case approval
        /// What the manifest declares: the ``Gate``.
        case gate
        /// What was granted, and under which conditions: ``PermissionCheck``.
        case permission
        /// How much of something there is.
        case quota
    }

    /// The capsule's id.
    package let capsule: String
    /// What has decided.
    package let layer: Layer
    /// What was asked for; nil where it was none of what a gate is asked for.
    package let check: GateCheck?
    /// Why, as part of a sentence.
    package let reason: String
    /// What would have had to say otherwise, such as `capabilities.net`.
    package let rule: String
    /// What to do so that it is allowed, as a sentence without a full stop.
    package let remedy: String

    package init(
        capsule: String, layer: Layer, check: GateCheck?, reason: String, rule: String, remedy: String
    ) {
        self.capsule = capsule
        self.layer = layer
        self.check = check
        self.reason = reason
        self.rule = rule
        self.remedy = remedy
    }
}

extension AccessDenial: CustomStringConvertible, ErrorDetails {
    /// The whole sentence (row S-070), with the layer.
    package var description: String { "capsule '\(capsule)' denied: \(reason) (\(layer.rawValue): \(rule))" }

    /// The denial as users see it.
    package var error: AmxError { AmxError(.denied, description, hint: remedy, cause: self) }

    /// The denial as `--json` has it; `docs/permissions.md` lists the keys.
    package var json: JSONObject {
        [
            "capsule": .string(capsule), "layer": .string(layer.rawValue),
            "check": check.map { .string($0.rawValue) } ?? .null, "reason": .string(reason), "rule": .string(rule),
            "remedy": .string(remedy),
        ]
    }

    package var details: JSONValue { .object(json) }
}
