/// A change after which those who use a capsule may have to change something too (row A-142, extended).
package struct BreakingChange: Sendable, Hashable {
    /// Which rule it falls under.
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        case endpointRemoved
        case capabilityRemoved
        case exportRemoved
        case toolRemoved
        case commandRemoved
        case permissionRequired
        case requirementAdded
        case schemaTightened
        case versionIncompatible
        case idChanged

        /// What the rule says of its subject, in words that follow it.
        package var words: String {
            switch self {
            case .endpointRemoved: "endpoint removed"
            case .capabilityRemoved: "provided capability removed"
            case .exportRemoved: "export removed"
            case .toolRemoved: "tool removed"
            case .commandRemoved: "command removed"
            case .permissionRequired: "new permission required"
            case .requirementAdded: "new requirement"
            case .schemaTightened: "schema takes less than before"
            case .versionIncompatible: "incompatible version"
            case .idChanged: "another id"
            }
        }
    }

    /// Which rule it falls under.
    package let rule: Rule
    /// What it is about, such as `POST /refunds`.
    package let subject: String
}
