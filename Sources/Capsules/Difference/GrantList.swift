/// The permissions of a manifest, one grant for each action on a resource.
struct GrantList {
    /// An action on a resource, under conditions that must all hold.
    struct Grant: Hashable {
        let resource: String
        let action: String
        let conditions: Set<JSONValue>
        /// Members that nothing is known of, such as a scope; each may make the grant another one.
        let others: Set<JSONObject.Member>
        let path: JSONPath
        let value: JSONValue

        /// What it allows, in words.
        var subject: String { "\(action) on \(resource)" }
    }

    /// The grants in the manifest's order.
    let grants: [Grant]
    private let byTarget: [Target: [Grant]]

    /// What a grant is about, told apart by bytes: the standard library takes texts for equal that only look alike.
    private struct Target: Hashable {
        let resource: [UInt8]
        let action: [UInt8]

        init(_ resource: String, _ action: String) {
            (self.resource, self.action) = (Array(resource.utf8), Array(action.utf8))
        }
    }

    /// Of grants for the same target, no more than these are compared; what they might cover counts as not covered.
    private static let comparedGrants = 64
    private static let known = Set(
        ["resource", "actions", "conditions", "description", "reason"].map { Array($0.utf8) })

    /// Reads what can be read of `permissions`; the manifest need not be valid.
    init(_ manifest: JSONObject) {
        var grants: [Grant] = []
        for (index, entry) in (manifest["permissions"]?.array ?? []).enumerated() {
            guard let resource = entry["resource"]?.string else { continue }
            let conditions = Set(entry["conditions"]?.array ?? [])
            let others = Set((entry.object?.members ?? []).filter { !Self.known.contains(Array($0.key.utf8)) })
            for action in entry["actions"]?.array ?? [] {
                guard let action = action.string else { continue }
                grants.append(
                    Grant(
                        resource: resource, action: action, conditions: conditions, others: others,
                        path: .root.key("permissions").index(index), value: entry))
            }
        }
        self.grants = grants
        byTarget = Dictionary(grouping: grants) { Target($0.resource, $0.action) }
    }

    /// The first grant of the same action on the same resource.
    func grant(like grant: Grant) -> Grant? { byTarget[Target(grant.resource, grant.action)]?.first }

    /// Whether everything that a grant allows is allowed here too: by one of the same target or of `*`, with no condition that it lacks and
    /// the same of whatever else it says.
    func covers(_ grant: Grant) -> Bool {
        for target in [
            Target(grant.resource, grant.action), Target("*", grant.action), Target(grant.resource, "*"),
            Target("*", "*"),
        ] {
            let candidates = (byTarget[target] ?? []).prefix(Self.comparedGrants)
            if candidates.contains(where: { $0.conditions.isSubset(of: grant.conditions) && $0.others == grant.others })
            {
                return true
            }
        }
        return false
    }
}
