package import Capsules

/// One thing that was looked at to say how a capsule is (row A-079).
package struct HealthCheck: Sendable, Hashable {
    /// The checks of row A-079, in its order. The raw values are stable.
    package enum Name: String, Sendable, Hashable, CaseIterable {
        case serviceStatus = "service_status"
        case resourceUsage = "resource_usage"
        case dependencyHealth = "dependency_health"
        case dataIntegrity = "data_integrity"
        case performanceMetrics = "performance_metrics"

        /// Whether a capsule that fails it is unhealthy, and not only degraded.
        package var isCritical: Bool {
            switch self {
            case .serviceStatus, .dependencyHealth, .dataIntegrity: true
            case .resourceUsage, .performanceMetrics: false
            }
        }
    }

    /// What came of it.
    package enum Status: String, Sendable, Hashable {
        case passed
        case failed
        /// There is nothing that it could measure.
        case notApplicable = "not_applicable"
    }

    /// Which check.
    package let name: Name
    /// What came of it.
    package let status: Status
    /// What was measured, or why it was not.
    package let detail: String

    /// Describes a check that was made.
    package init(_ name: Name, _ status: Status, _ detail: String) {
        (self.name, self.status, self.detail) = (name, status, detail)
    }

    /// The check as an object for `--json`.
    package var json: JSONValue {
        [
            "name": .string(name.rawValue), "critical": .bool(name.isCritical), "status": .string(status.rawValue),
            "detail": .string(detail),
        ]
    }
}
