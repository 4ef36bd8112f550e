/// What a conflict is about (row A-143).
package enum ConflictType: String, Sendable, Hashable, CaseIterable {
    case permission = "permission_conflict"
    case dependency = "dependency_conflict"
    case version = "version_mismatch"
    case schema = "schema_conflict"
    case knowledge = "knowledge_conflict"
    case configuration = "configuration_conflict"
    case data = "data_conflict"

    /// How much depends on it.
    package enum Severity: String, Sendable, Hashable {
        case critical
        case warning
        case info
    }

    /// How much depends on it.
    package var severity: Severity {
        switch self {
        case .permission, .dependency: .critical
        case .version: .info
        case .schema, .knowledge, .configuration, .data: .warning
        }
    }

    /// The type of a place in a manifest.
    init(manifest path: JSONPath) {
        guard case .key(let key)? = path.steps.first else {
            self = .configuration
            return
        }
        switch key {
        case "permissions", "hooks", "endpoints", "capabilities", "securityLevel", "mcpServers",
            "tools", "components", "runtime", "sandbox":
            self = .permission
        case "version": self = .version
        case "resources":
            self = path.steps.count > 1 && path.steps[1] == .key("network") ? .permission : .configuration
        case _ where Dependency.Kind.allCases.contains { $0.rawValue == key }: self = .dependency
        default: self = .configuration
        }
    }
}
