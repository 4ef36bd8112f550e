import Objects

/// The ref advertisement of protocol v0 and v1, by which both services begin.
///
/// Source: gitprotocol-pack(5), "Reference Discovery"; gitprotocol-http(5) for the lines before it.
enum RefListing {
    /// What stands for a name where there are no refs but capabilities must be told.
    static let emptyName = "capabilities^{}"
    /// What follows a tag's name on the line that tells what it points at.
    static let peeledSuffix = "^{}"

    /// Encodes a whole answer to `GET info/refs`. Peeled ids are told where a ref has one.
    static func encode(
        _ advertisement: RefAdvertisement, service: GitService, version: ProtocolVersion, capabilities: CapabilityList
    ) -> [UInt8] {
        var writer = PacketWriter()
        if version == .v1 { writer.line("version 1") }
        var suffix = "\0\(capabilities.spaceSeparated)"
        for ref in advertisement.refs {
            writer.line("\(ref.id.hex) \(ref.name)\(suffix)")
            suffix = ""
            if let peeled = ref.peeled { writer.line("\(peeled.hex) \(ref.name)\(peeledSuffix)") }
        }
        if advertisement.refs.isEmpty { writer.line("\(ObjectID.zero.hex) \(emptyName)\(suffix)") }
        writer.flush()
        return service.announcement + writer.bytes
    }
}
