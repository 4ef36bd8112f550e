package import Capsules

/// What a manifest asks to be trusted with: exactly those of its members from which a capsule's powers follow.
package struct GrantedCapabilities: Sendable, Hashable {
    /// The members, in canonical order.
    package let document: JSONObject

    /// The members that are looked at, beside `resources.network`.
    private static let members = [
        "capabilities", "commands", "components", "cron", "endpoints", "env", "eventHandlers", "hooks", "imports",
        "interceptors", "llmProviders", "mcpServers", "permissions", "runtime", "sandbox", "securityLevel", "tools",
        "topics", "uplinks",
    ]

    /// Takes what a manifest asks for.
    package init(of manifest: Manifest) { self.init(reading: manifest.document) }

    /// Takes the members from any document that has them where a manifest has them.
    init(reading document: JSONObject) {
        var members = Self.members.compactMap { name in document[name].map { (name, $0) } }
        if let network = document["resources"]?["network"] { members.append(("resources", ["network": network])) }
        self.document = JSONObject(members).inCanonicalOrder
    }

    /// Every single capability, as it is shown to whoever approves.
    package var list: [TrustChange] { PermissionGrowth(from: nil, to: document).toApprove }

    /// What another manifest asks for beyond these.
    package func growth(to other: GrantedCapabilities) -> [TrustChange] {
        PermissionGrowth(from: document, to: other.document).toApprove
    }
}
