/// The permissions of a manifest, one grant for each action on a resource.
struct GrantList {
    /// An action on a resource, under conditions that must all hold.
    struct Grant: Hashable {
        let resource: String
        let action: String
        let conditions: Set<JSONValue>
        let path: JSONPath
        let value: JSONValue

        /// What it allows, in words.
        var subject: String { "\(action) on \(resource)" }
    }

    /// The grants in the manifest's order.
    let grants: [Grant]
    private let byTarget: [[String]: [Grant]]

    /// Of grants for the same target, no more than these are compared; what they might cover counts as not covered.
    private static let comparedGrants = 64

    /// Reads what can be read of `permissions`; the manifest need not be valid.
    init(_ manifest: JSONObject) {
        var grants: [Grant] = []
        for (index, entry) in (manifest["permissions"]?.array ?? []).enumerated() {
            guard let resource = entry["resource"]?.string else { continue }
            let conditions = Set(entry["conditions"]?.array ?? [])
            for action in entry["actions"]?.array ?? [] {
                guard let action = action.string else { continue }
                grants.append(
                    Grant(
                        resource: resource, action: action, conditions: conditions,
                        path: .root.key("permissions").index(index), value: entry))
            }
        }
        self.grants = grants
        byTarget = Dictionary(grouping: grants) { [$0.resource, $0.action] }
    }

    /// The first grant of the same action on the same resource.
    func grant(like grant: Grant) -> Grant? { byTarget[[grant.resource, grant.action]]?.first }

    /// Whether everything that a grant allows is allowed here too: by one of the same target or of `*`, with no condition that it lacks.
    func covers(_ grant: Grant) -> Bool {
        for target in [
            [grant.resource, grant.action], ["*", grant.action], [grant.resource, "*"], ["*", "*"],
        ] {
            let candidates = (byTarget[target] ?? []).prefix(Self.comparedGrants)
            if candidates.contains(where: { $0.conditions.isSubset(of: grant.conditions) }) { return true }
        }
        return false
    }
}
