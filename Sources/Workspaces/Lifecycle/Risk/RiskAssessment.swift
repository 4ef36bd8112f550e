package import Capsules
import Objects
import Versions

/// What could go wrong with a plan, by published rules (row A-056; `docs/lifecycle.md`, "Risk").
///
/// The level is the highest of any reason, so another reason never lowers it.
package struct RiskAssessment: Sendable, Hashable {
    /// A plan of at least this many bytes is large.
    static let largeBytes: Int64 = 100 << 20
    /// A plan of at least this many bytes is huge: half of what one capsule may have by default.
    static let hugeBytes: Int64 = 512 << 20

    /// Why, the gravest first, then in the order of the plan.
    package let reasons: [RiskReason]

    /// How risky the plan is; `low` without any reason.
    package var level: RiskLevel { reasons.first?.level ?? .low }

    /// Looks at the capsules that come or change, in the order of the plan.
    package init(of subjects: [RiskSubject]) {
        var reasons = subjects.flatMap(Self.reasons)
        let bytes = subjects.reduce(Int64(0)) { sum, subject in
            let (total, isOver) = sum.addingReportingOverflow(max(0, subject.bytes))
            return isOver ? .max : total
        }
        if bytes >= Self.largeBytes {
            let rule: RiskRule = bytes >= Self.hugeBytes ? .huge : .large
            reasons.append(RiskReason(capsule: nil, rule: rule, detail: "\(bytes >> 20) MiB"))
        }
        let ranked = reasons.enumerated().sorted {
            ($1.element.level, $0.offset) < ($0.element.level, $1.offset)
        }
        self.reasons = ranked.map(\.element)
    }

    /// The assessment as an object for `--json`.
    package var json: JSONValue {
        ["level": .string(level.rawValue), "reasons": .array(reasons.map(\.json))]
    }

    private static func reasons(_ subject: RiskSubject) -> [RiskReason] {
        var found: [(RiskRule, String)] = []
        let growth = PermissionGrowth(old: subject.old, new: subject.new)
        for change in growth.changes {
            if let rule = rule(of: change) { found.append((rule, detail(of: change, rule))) }
        }
        let phases = (subject.old == nil ? PendingHook.Occasion.installation : .update).phases
        for phase in phases {
            guard let script = subject.new.hooks.scripts[phase] else { continue }
            found.append((.hook, "\(phase.rawValue) (\(script.string))"))
        }
        if let owner = subject.otherOwner { found.append((.otherOwner, owner)) }
        found += signature(subject)
        if let old = subject.old { found += distance(from: old, subject) }
        if subject.new.version.isPrerelease, subject.old?.version.isPrerelease != true {
            found.append((.prerelease, subject.new.version.text))
        }
        return found.map { RiskReason(capsule: subject.new.id, rule: $0.0, detail: $0.1) }
    }

    // MARK: What it may do

    /// Whether something that a capsule asks for is of low risk, so that naming the capsule is agreement enough when it first comes.
    static func isHarmless(_ change: TrustChange) -> Bool {
        change.kind != .hook && (rule(of: change)?.level ?? .low) == .low
    }

    private static func rule(of change: TrustChange) -> RiskRule? {
        switch change.kind {
        case .permission: permission(change)
        case .network: network(change)
        // Those that this plan calls are looked at by themselves: also an old one runs with new content.
        case .hook: nil
        case .mcpServer: .process
        case .runtime, .manifest: .code
        case .capability: change.subject.utf8.contains(UInt8(ascii: "*")) ? .capabilityOfAll : .capability
        case .environment: .environment
        case .provider: .provider
        case .schedule: .schedule
        case .event: .event
        case .endpoint, .tool, .command: .interface
        case .context: .context
        case .securityLevel: level(change)
        }
    }

    private static func permission(_ change: TrustChange) -> RiskRule {
        let resource = change.new?["resource"]?.string ?? "*"
        let action = String(change.subject.dropLast(" on \(resource)".count))
        if resource == "*" || action == "*" { return .permissionToAll }
        return ["read", "list", "get", "view"].contains(action) ? .permissionToRead : .permissionToAct
    }

    private static func network(_ change: TrustChange) -> RiskRule {
        if change.subject.hasPrefix("inbound") { return .networkInbound }
        guard let host = change.new?.string, !host.utf8.contains(UInt8(ascii: "*")) else { return .networkAny }
        return .networkOutbound
    }

    private static func level(_ change: TrustChange) -> RiskRule? {
        // A lower level asks for fewer approvals.
        if change.old != nil, change.direction == .widens { return .levelLowered }
        return switch change.new?.string?.lowercased() {
        case "safe", "low": nil
        case "moderate", "medium": .levelModerate
        case "dangerous", "critical": .levelDangerous
        // Also what is no level: it may mean anything.
        default: change.new == nil ? nil : .levelRestricted
        }
    }

    private static func detail(of change: TrustChange, _ rule: RiskRule) -> String {
        switch rule {
        case .levelModerate, .levelRestricted, .levelDangerous: text(change.new)
        case .levelLowered: "\(text(change.old)) -> \(text(change.new))"
        case .networkOutbound: text(change.new)
        case .interface, .event: "\(change.kind.rawValue) \(change.subject)"
        default: change.subject
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        value.map { $0.string ?? JSONWriter.text($0, .canonical) } ?? "none"
    }

    // MARK: Who says so, and how far it is

    private static func signature(_ subject: RiskSubject) -> [(RiskRule, String)] {
        guard let verdict = subject.signature else { return [] }
        return switch verdict.state {
        case .good: []
        case .none: [(.unsigned, "")]
        case .untrusted, .unsupported: [(.untrustedSigner, verdict.problem ?? "")]
        case .bad: [(.badSignature, verdict.problem ?? "")]
        }
    }

    private static func distance(from old: Manifest, _ subject: RiskSubject) -> [(RiskRule, String)] {
        let new = subject.new
        let step = "\(old.version.text) -> \(new.version.text)"
        if old.version.text.utf8.elementsEqual(new.version.text.utf8) {
            guard let before = subject.oldDigest, let after = subject.digest, before != after else { return [] }
            return [(.otherBytes, new.version.text)]
        }
        if new.version < old.version { return [(.downgrade, step)] }
        var found: [(RiskRule, String)] = []
        let comparison = ManifestComparison(old.document.inCanonicalOrder, new.document.inCanonicalOrder)
        for change in comparison.breaking {
            switch change.rule {
            case .versionIncompatible: found.append((.incompatible, step))
            // Said already, as what it may do.
            case .permissionRequired: continue
            default: found.append((.breaking, "\(change.rule.words): \(change.subject)"))
            }
        }
        return found
    }
}
