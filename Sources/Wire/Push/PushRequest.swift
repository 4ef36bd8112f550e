package import Objects

/// What a push asks for, without its pack.
///
/// Source: gitprotocol-pack(5), "Reference Update Request and Packfile Transfer".
package struct PushRequest: Sendable, Hashable {
    /// The updates, each of another ref.
    package var commands: [PushCommand]
    /// What the client chose of the server's offer.
    package var capabilities: CapabilityList
    /// Free text for the server, in order; only sent and read with the capability `push-options`.
    package var options: [String]
    /// The boundary commits of a client that pushes from a shallow clone.
    package var shallow: [ObjectID]

    /// Makes a request.
    package init(
        commands: [PushCommand], capabilities: CapabilityList = CapabilityList(), options: [String] = [],
        shallow: [ObjectID] = []
    ) {
        self.commands = commands
        self.capabilities = capabilities
        self.options = options
        self.shallow = shallow
    }

    /// Whether a pack follows: it does unless all commands delete.
    package var expectsPack: Bool { commands.contains { !$0.isDeletion } }
    /// Whether all updates happen or none.
    package var isAtomic: Bool { capabilities.contains("atomic") }
    /// Whether the user wants no progress messages.
    package var isQuiet: Bool { capabilities.contains("quiet") }
    /// How the answer is framed.
    package var framing: PackFraming { capabilities.contains("side-band-64k") ? .sideBand64k : .raw }
    /// What the answer reports.
    package var reporting: PushReport.Version? {
        if capabilities.contains("report-status-v2") { return .v2 }
        return capabilities.contains("report-status") ? .v1 : nil
    }

    /// The body of the request up to the pack, whose bytes follow where there is one.
    package func encoded() -> [UInt8] {
        var writer = PacketWriter()
        for id in shallow { writer.line("shallow \(id.hex)") }
        var suffix = "\0 \(capabilities.spaceSeparated)"
        for command in commands {
            writer.data(Array("\(command.old.hex) \(command.new.hex) \(command.name)\(suffix)".utf8))
            suffix = ""
        }
        writer.flush()
        if capabilities.contains("push-options") {
            for option in options { writer.data(Array(option.utf8)) }
            writer.flush()
        }
        return writer.bytes
    }
}
