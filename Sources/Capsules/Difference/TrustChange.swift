/// A change of what a capsule may do, or of what an agent is told about it.
package struct TrustChange: Sendable, Hashable {
    /// Whether more is trusted than before.
    package enum Direction: String, Sendable, Hashable, CaseIterable {
        /// More is allowed, asked for or offered.
        case widens
        /// Something else is allowed or told: more or less, a person must judge.
        case alters
        /// Less is.
        case narrows
    }

    /// What it is about.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case permission
        case network
        case hook
        case capability
        case endpoint
        case tool
        case mcpServer
        case securityLevel
        case runtime
        case event
        case schedule
        case command
        case context
        case environment
        case provider
        /// The manifest itself cannot be read, so that nothing is known.
        case manifest
    }

    /// Whether more is trusted.
    package let direction: Direction
    /// What it is about.
    package let kind: Kind
    /// Which of them, in words such as `write on knowledge` or `search.description`.
    package let subject: String
    /// Where it stands in the manifest, afterwards or before where it is gone.
    package let path: JSONPath
    /// What stood there; nil for nothing.
    package let old: JSONValue?
    /// What stands there now; nil for nothing.
    package let new: JSONValue?

    /// The change's type in the terms of row A-140.
    package var type: ChangeType {
        switch kind {
        case .permission, .network, .capability, .securityLevel: .permission
        case .hook, .endpoint, .tool, .mcpServer, .runtime, .command: .code
        case .context: .knowledge
        case .event, .schedule, .environment, .provider, .manifest: .configuration
        }
    }

    /// The change's scope in the terms of row A-140.
    package var scope: ChangeScope {
        switch kind {
        case .hook, .endpoint, .tool, .command, .event, .schedule: .function
        case .mcpServer, .runtime, .provider: .module
        case .context: .data
        case .environment: .config
        case .permission, .network, .capability, .securityLevel, .manifest: .global
        }
    }

    /// What happened to the entry.
    package var operation: ChangeOperation { ChangeOperation(hadValue: old != nil, hasValue: new != nil) }

    /// The change as an object for `--json`.
    package var json: JSONValue {
        [
            "direction": .string(direction.rawValue), "kind": .string(kind.rawValue), "subject": .string(subject),
            "path": .string(path.description), "old": old ?? .null, "new": new ?? .null, "type": .string(type.rawValue),
            "scope": .string(scope.rawValue), "operation": .string(operation.rawValue),
        ]
    }
}
