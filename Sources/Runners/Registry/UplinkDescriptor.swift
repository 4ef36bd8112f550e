package import Capsules

/// An uplink of a loaded capsule.
package struct UplinkDescriptor: Hashable, Sendable {
    package let id: UplinkID
    package let name: String
    package let platform: String
    /// Whose it is.
    package let source: CapsuleID
    package let capabilities: UplinkCapabilities
    /// What kind of talk it is for; nil where nobody says.
    package let profile: UplinkProfile?

    package init(
        id: UplinkID, name: String, platform: String, source: CapsuleID,
        capabilities: UplinkCapabilities = .receive, profile: UplinkProfile? = nil
    ) {
        self.id = id
        self.name = name
        self.platform = platform
        self.source = source
        self.capabilities = capabilities
        self.profile = profile
    }

    /// The uplinks that a capsule declares, which only receive.
    ///
    /// Their ids are the same each time: `<capsule>/<name>`, and `<capsule>/<name>/2` and so on for further ones of
    /// that name.
    package static func declared(_ uplinks: [UplinkDeclaration], by source: CapsuleID) -> [UplinkDescriptor] {
        var taken: Set<UplinkID> = []
        var numbers: [UplinkID: Int] = [:]
        return uplinks.map { uplink in
            let first = UplinkID("\(source)/\(uplink.name)")
            var id = first
            while !taken.insert(id).inserted {
                let number = numbers[first, default: 1] + 1
                numbers[first] = number
                id = UplinkID("\(first)/\(number)")
            }
            return UplinkDescriptor(
                id: id, name: uplink.name, platform: uplink.platform, source: source, profile: uplink.profile)
        }
    }
}
