package import Capsules

/// How a capsule is, and what that was found from.
package struct HealthReport: Sendable, Hashable {
    /// The verdicts of row A-079. The raw values are stable.
    package enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// No check failed.
        case healthy
        /// Checks failed, none of them critical.
        case degraded
        /// A critical check failed.
        case unhealthy
    }

    /// The capsule.
    package let capsule: CapsuleID
    /// What was looked at, in the order of row A-079.
    package let checks: [HealthCheck]

    /// How far its dependencies are met, from 0 to 1 (row A-062); nil where that cannot be looked at.
    package let dependencyScore: Double?
    /// Whether it is installed and asks for what nobody here has approved; it changes no verdict.
    package let needsApproval: Bool

    /// Takes checks in any order.
    package init(
        of capsule: CapsuleID, _ checks: [HealthCheck], dependencyScore: Double? = nil, needsApproval: Bool = false
    ) {
        (self.capsule, self.dependencyScore, self.needsApproval) = (capsule, dependencyScore, needsApproval)
        self.checks = HealthCheck.Name.allCases.flatMap { name in checks.filter { $0.name == name } }
    }

    /// The verdict.
    package var verdict: Verdict {
        let failed = checks.filter { $0.status == .failed }
        if failed.contains(where: \.name.isCritical) { return .unhealthy }
        return failed.isEmpty ? .healthy : .degraded
    }

    /// The report as an object for `--json`.
    package var json: JSONValue {
        [
            "id": .string(capsule.string), "health": .string(verdict.rawValue),
            "checks": .array(checks.map(\.json)),
            "dependencyScore": dependencyScore.map { .double($0) } ?? .null, "needsApproval": .bool(needsApproval),
        ]
    }
}
