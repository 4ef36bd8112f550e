/// What differs between two manifests, in the terms of somebody who has to trust them.
///
/// Works on the documents as written, so that manifests which break rules of today are compared too. Everything that is not known to
/// allow less counts as widening or as altered.
package struct ManifestComparison: Sendable {
    private let old: JSONObject
    private let new: JSONObject
    /// What the capsule may do and what is told of it; what widens trust comes first.
    package private(set) var trust: [TrustChange] = []
    /// What breaks those who use the capsule.
    package private(set) var breaking: [BreakingChange] = []
    /// What the capsule needs.
    package private(set) var dependencies: [DependencyChange] = []
    /// How the version moved; nil when it did not.
    package let version: VersionChange?

    /// Compares two documents; one that is missing is empty.
    package init(_ old: JSONObject, _ new: JSONObject) {
        self.init(trustOf: old, new)
        compareDependencies()
        // Before there is a capsule, nothing of it can break.
        if old.isEmpty { breaking = [] } else { compareIdentity() }
    }

    /// Finds out how ``trust`` changes, and what breaks by that; what the capsule needs is not looked at.
    package init(trustOf old: JSONObject, _ new: JSONObject) {
        (self.old, self.new) = (old, new)
        version = VersionChange(old["version"]?.string, new["version"]?.string)
        guard Self.mayTellOfTrust(old) || Self.mayTellOfTrust(new) else { return }
        comparePermissions()
        compareSets()
        compareHooks()
        compareInterfaces()
        compareDeclarations()
        compareSecurityLevel()
        trust = Self.sorted(trust)
    }

    /// Whether a document has members beside those that only say what a capsule is and what it needs, which many have not.
    private static func mayTellOfTrust(_ manifest: JSONObject) -> Bool {
        manifest.members.contains { member in
            switch member.key {
            case "id", "name", "version", "description", "author", "license", "keywords", "dependencies": false
            default: true
            }
        }
    }

    static func sorted(_ trust: [TrustChange]) -> [TrustChange] {
        let ranks = trust.enumerated().map { offset, change in
            (
                TrustChange.Direction.allCases.firstIndex(of: change.direction) ?? 0,
                TrustChange.Kind.allCases.firstIndex(of: change.kind) ?? 0, offset
            )
        }
        return ranks.sorted { $0 < $1 }.map { trust[$0.2] }
    }

    private mutating func add(
        _ direction: TrustChange.Direction, _ kind: TrustChange.Kind, _ subject: String, _ path: JSONPath,
        _ old: JSONValue?, _ new: JSONValue?
    ) {
        trust.append(
            TrustChange(direction: direction, kind: kind, subject: subject, path: path, old: old, new: new))
    }

    private mutating func breaks(_ rule: BreakingChange.Rule, _ subject: String) {
        let change = BreakingChange(rule: rule, subject: subject)
        if breaking.last != change { breaking.append(change) }
    }

    // MARK: What is allowed

    private mutating func comparePermissions() {
        let (before, after) = (GrantList(old), GrantList(new))
        for grant in after.grants where !before.covers(grant) {
            let former = before.grant(like: grant)
            add(.widens, .permission, grant.subject, grant.path, former?.value, grant.value)
            breaks(.permissionRequired, grant.subject)
        }
        for grant in before.grants where !after.covers(grant) {
            let later = after.grant(like: grant)
            add(.narrows, .permission, grant.subject, later?.path ?? grant.path, grant.value, later?.value)
        }
    }

    /// Network and capabilities: lists of texts of which each allows something, and switches.
    private mutating func compareSets() {
        let network = JSONPath.root.key("resources").key("network")
        compareSet(.network, old["resources"]?["network"], new["resources"]?["network"], network)
        compareSet(.capability, old["capabilities"], new["capabilities"], .root.key("capabilities"))
    }

    private mutating func compareSet(_ kind: TrustChange.Kind, _ old: JSONValue?, _ new: JSONValue?, _ path: JSONPath) {
        guard old != new else { return }
        if old?.array != nil || new?.array != nil {
            return compareTexts(kind, "", old, new, path)
        }
        let (before, after) = (DeclarationList(old, at: path), DeclarationList(new, at: path))
        for name in Self.names(before, after) {
            let (left, right) = (before[name]?.value, after[name]?.value)
            let place = after[name]?.path ?? before[name]?.path ?? path
            if left?.array != nil || right?.array != nil {
                compareTexts(kind, "\(name) ", left, right, place)
            } else if left != right {
                add(Self.direction(left, right), kind, name, place, left, right)
            }
        }
    }

    private mutating func compareTexts(
        _ kind: TrustChange.Kind, _ prefix: String, _ old: JSONValue?, _ new: JSONValue?, _ path: JSONPath
    ) {
        // A list in place of something else, or the reverse.
        if let old, old.array == nil { return add(.alters, kind, prefix + "list", path, old, new) }
        if let new, new.array == nil { return add(.alters, kind, prefix + "list", path, old, new) }
        let (before, after) = (DeclarationList(old, at: path), DeclarationList(new, at: path))
        let (hadAll, hasAll) = (before["*"] != nil, after["*"] != nil)
        for entry in after.entries where before[entry.name] == nil {
            add(hadAll ? .alters : .widens, kind, prefix + entry.name, entry.path, nil, entry.value)
        }
        for entry in after.entries {
            guard let former = before[entry.name], former.value != entry.value else { continue }
            add(.alters, kind, prefix + entry.name, entry.path, former.value, entry.value)
        }
        for entry in before.entries where after[entry.name] == nil {
            add(hasAll ? .alters : .narrows, kind, prefix + entry.name, entry.path, entry.value, nil)
        }
    }

    /// The direction of a single value: switches that come on widen, those that go off narrow.
    private static func direction(_ old: JSONValue?, _ new: JSONValue?) -> TrustChange.Direction {
        switch (old, new) {
        case (nil, .bool(true)), (.bool(false), .bool(true)), (nil, .bool(false)):
            new == .bool(true) ? .widens : .alters
        case (.bool(true), nil), (.bool(true), .bool(false)): .narrows
        case (.bool(false), nil): .alters
        case (nil, .some): .widens
        case (.some, nil): .narrows
        default: .alters
        }
    }

    /// All names of two lists, those of the later one first.
    private static func names(_ old: DeclarationList, _ new: DeclarationList) -> [String] {
        new.entries.map(\.name) + old.entries.map(\.name).filter { new[$0] == nil }
    }

    // MARK: What runs and what is offered

    private mutating func compareHooks() {
        compareList(.hook, "hooks")
    }

    /// Endpoints, tools and what else others rely on.
    private mutating func compareInterfaces() {
        compareList(.endpoint, "endpoints", removal: .endpointRemoved) { entry in
            guard let path = entry["path"]?.string else { return nil }
            return "\(entry["method"]?.string ?? "GET") \(path)"
        }
        compareList(.tool, "tools", removal: .toolRemoved)
        compareToolSchemas()
        compareList(.mcpServer, "mcpServers")
        compareList(.command, "commands", removal: .commandRemoved)
        for (member, rule) in [("provides", BreakingChange.Rule.capabilityRemoved), ("exports", .exportRemoved)] {
            let before = DeclarationList(old[member], at: .root.key(member))
            let after = DeclarationList(new[member], at: .root.key(member))
            for entry in before.entries where after[entry.name] == nil { breaks(rule, entry.name) }
        }
    }

    private mutating func compareToolSchemas() {
        let before = DeclarationList(old["tools"], at: .root.key("tools"))
        let after = DeclarationList(new["tools"], at: .root.key("tools"))
        for tool in after.entries {
            for key in ["inputSchema", "input_schema", "parameters"] {
                guard let left = before[tool.name]?.value[key], let right = tool.value[key] else { continue }
                for reason in SchemaComparison(left, right).tightened {
                    breaks(.schemaTightened, "tool \(tool.name): \(reason)")
                }
            }
        }
    }

    /// The other blocks through which a capsule acts or is heard.
    private mutating func compareDeclarations() {
        compareList(.runtime, "runtime")
        compareList(.runtime, "sandbox")
        compareList(.runtime, "components")
        compareList(.event, "eventHandlers")
        compareList(.event, "interceptors")
        compareList(.event, "topics") { entry in
            entry["name"]?.string.map { "\(entry["direction"]?.string ?? "") \($0)" }
        }
        compareList(.schedule, "cron")
        compareList(.context, "contextFiles")
        compareList(.context, "skills")
        compareList(.environment, "env")
        compareList(.provider, "llmProviders")
        compareList(.provider, "uplinks")
        compareList(.capability, "imports")
    }

    private mutating func compareList(
        _ kind: TrustChange.Kind, _ member: String, removal: BreakingChange.Rule? = nil,
        name: (JSONValue) -> String? = { _ in nil }
    ) {
        guard old[member] != new[member] else { return }
        let path = JSONPath.root.key(member)
        let before = DeclarationList(old[member], at: path, name: name)
        let after = DeclarationList(new[member], at: path, name: name)
        // `runtime` and `sandbox` are one thing with settings, the others are things of which more means more.
        let hasSettings = member == "runtime" || member == "sandbox"
        for name in Self.names(before, after) {
            let (left, right) = (before[name]?.value, after[name]?.value)
            let place = after[name]?.path ?? before[name]?.path ?? path
            guard left != right else { continue }
            if let left, let right, left.object != nil, right.object != nil {
                compareMembers(kind, name, left, right, place)
            } else {
                let isSetting = hasSettings && left?.bool == nil && right?.bool == nil
                add(isSetting ? .alters : Self.direction(left, right), kind, name, place, left, right)
            }
            if let removal, right == nil { breaks(removal, name) }
        }
        // An empty list is none; anything that is no list cannot be judged.
        let isList = [old[member], new[member]].allSatisfy { $0 == nil || $0?.array != nil || $0?.object != nil }
        if !isList { add(.alters, kind, member, path, old[member], new[member]) }
    }

    /// The members of a tool that are only told of it.
    private static let toolWords: Set<String> = [
        "name", "title", "description", "annotations", "inputSchema", "input_schema", "parameters", "outputSchema",
    ]

    /// The members of something that was declared before and still is.
    private mutating func compareMembers(
        _ kind: TrustChange.Kind, _ name: String, _ old: JSONValue, _ new: JSONValue, _ path: JSONPath
    ) {
        let (before, after) = (DeclarationList(old, at: path), DeclarationList(new, at: path))
        for member in Self.names(before, after) {
            let (left, right) = (before[member]?.value, after[member]?.value)
            guard left != right else { continue }
            let place = after[member]?.path ?? before[member]?.path ?? path
            let isSwitch = left?.bool != nil || right?.bool != nil
            let subject = "\(name).\(member)"
            guard kind == .tool, !Self.toolWords.contains(member) else {
                add(isSwitch ? Self.direction(left, right) : .alters, kind, subject, place, left, right)
                continue
            }
            // What says how a tool is run has to be trusted like anything that runs.
            if member == "securityLevel" {
                addLevel(subject, left, right, place)
            } else {
                add(isSwitch ? Self.direction(left, right) : .alters, .runtime, "tool \(subject)", place, left, right)
            }
        }
    }

    private mutating func compareSecurityLevel() {
        let (left, right) = (old["securityLevel"], new["securityLevel"])
        guard left != right else { return }
        addLevel("securityLevel", left, right, .root.key("securityLevel"))
    }

    /// A lower level asks for fewer approvals, so it widens; a higher one says that more may be done.
    private mutating func addLevel(_ subject: String, _ left: JSONValue?, _ right: JSONValue?, _ path: JSONPath) {
        let levels = [["safe", "low"], ["moderate", "medium"], ["restricted", "high"], ["dangerous", "critical"]]
        func rank(_ level: JSONValue?) -> Int? {
            guard let text = level?.string?.lowercased() else { return nil }
            return levels.firstIndex { $0.contains(text) }
        }
        let isLower = (rank(left) ?? -1) > (rank(right) ?? (right == nil ? -1 : .max))
        add(isLower ? .widens : .alters, .securityLevel, subject, path, left, right)
    }

    // MARK: What is needed

    private mutating func compareDependencies() {
        for kind in Dependency.Kind.allCases {
            let before = DeclarationList(old[kind.rawValue], at: .root)
            let after = DeclarationList(new[kind.rawValue], at: .root)
            for id in Self.names(before, after) where before[id]?.value != after[id]?.value {
                dependencies.append(
                    DependencyChange(
                        kind: kind.rawValue, id: id, old: Self.constraint(before[id]?.value),
                        new: Self.constraint(after[id]?.value)))
            }
        }
        for kind in ["aimatrixVersion", "nodeVersion", "pythonVersion"] where old[kind] != new[kind] {
            dependencies.append(
                DependencyChange(
                    kind: kind, id: kind, old: Self.constraint(old[kind]), new: Self.constraint(new[kind])))
        }
        let before = DeclarationList(old["requires"], at: .root.key("requires"))
        let after = DeclarationList(new["requires"], at: .root.key("requires"))
        for entry in after.entries where before[entry.name] == nil { breaks(.requirementAdded, entry.name) }
    }

    private static func constraint(_ value: JSONValue?) -> String? {
        value.map { $0.string ?? JSONWriter.text($0, .canonical) }
    }

    private mutating func compareIdentity() {
        if let left = old["id"]?.string, let right = new["id"]?.string, !left.utf8.elementsEqual(right.utf8) {
            breaks(.idChanged, "\(left) -> \(right)")
        }
        if let version, version.isIncompatible, let left = version.old, let right = version.new {
            breaks(.versionIncompatible, "\(left) -> \(right)")
        }
    }
}
