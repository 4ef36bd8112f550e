package import Capsules

/// The security level of a capsule: the higher of what it says itself and what it asks for.
package struct LevelAssessment: Hashable, Sendable {
    /// What the manifest says; nil where it says nothing.
    package let declared: SecurityLevel?
    /// The rules that apply, in the order of ``LevelRule``.
    package let rules: [LevelRule]
    /// The gravest finding of a scan; nil where nothing was found or nobody looked.
    package let finding: Severity?
    /// Whether it has hooks, which run only once they are approved, whatever the level.
    package let hasHooks: Bool

    /// Looks at a manifest, and at what a scan of the capsule found.
    package init(_ manifest: Manifest, finding: Severity? = nil) {
        // Components get nothing that the capsule has not; what they ask for counts all the same.
        let all = [manifest.capabilities] + manifest.components.compactMap(\.capabilities)
        self.init(
            capabilities: all, takesSecrets: manifest.environment.contains { $0.kind == .secret },
            declared: manifest.securityLevel, finding: finding, hasHooks: !manifest.hooks.scripts.isEmpty)
    }

    /// Looks at capabilities alone.
    package init(
        capabilities: [Capabilities], takesSecrets: Bool = false, declared: SecurityLevel? = nil,
        finding: Severity? = nil, hasHooks: Bool = false
    ) {
        self.declared = declared
        self.finding = finding
        self.hasHooks = hasHooks
        rules = LevelRule.allCases.filter { rule in
            capabilities.contains { rule.applies(to: $0, takesSecrets: takesSecrets) }
        }
    }

    /// What it asks for alone says.
    package var derived: SecurityLevel {
        (rules.map(\.level) + [finding?.securityLevel].compactMap { $0 }).max() ?? .safe
    }

    /// The level that counts.
    package var level: SecurityLevel { max(declared ?? .safe, derived) }

    /// The level that counts for a tool: its own where that is higher.
    package func level(of tool: ToolDeclaration) -> SecurityLevel { max(level, tool.securityLevel ?? .safe) }

    /// What must be met before the capsule runs.
    package var demands: [LevelDemand] { level.demands }

    /// What must be met before a hook runs: always an approval (an admin's, where the level asks for that).
    package var hookDemands: [LevelDemand] { max(level, .restricted).demands }
}

extension Severity {
    /// The level that a capsule with such a finding has at the least.
    package var securityLevel: SecurityLevel {
        switch self {
        case .info, .low: .safe
        case .medium: .moderate
        case .high: .restricted
        case .critical: .dangerous
        }
    }
}
