package import Capsules
import Objects

/// Why a plan is risky: a rule that applies, and to what.
package struct RiskReason: Sendable, Hashable {
    /// The capsule; nil for the plan as a whole.
    package let capsule: CapsuleID?
    /// The rule.
    package let rule: RiskRule
    /// What it applies to, such as `api.example.com`.
    package let detail: String

    /// What the rule makes of a plan.
    package var level: RiskLevel { rule.level }

    /// A line for people; what a manifest says cannot steer their terminal.
    package var text: String {
        let subject = capsule?.string ?? "the plan"
        let detail = detail.isEmpty ? "" : ": \(TreeRules.printable(detail.utf8))"
        return "\(level.rawValue): \(subject) \(rule.words)\(detail)"
    }

    /// The reason as an object for `--json`.
    package var json: JSONValue {
        [
            "capsule": .optional(capsule?.string), "rule": .string(rule.rawValue), "level": .string(level.rawValue),
            "detail": .string(detail),
        ]
    }
}
