import Objects

extension PushRequest {
    /// Makes a request in the best form that a server offers.
    ///
    /// Throws when the server lacks what is asked for: deletion, atomicity, push options.
    package init(
        _ commands: [PushCommand], to server: ServerAdvertisement, agent: String, options: [String] = [],
        atomic: Bool = false, quiet: Bool = false
    ) throws {
        let offered = server.capabilities
        var chosen = CapabilityList()
        if offered.contains("report-status-v2") {
            chosen.append("report-status-v2")
        } else if offered.contains("report-status") {
            chosen.append("report-status")
        }
        if offered.contains("side-band-64k") { chosen.append("side-band-64k") }
        if quiet, offered.contains("quiet") { chosen.append("quiet") }
        if commands.contains(where: \.isDeletion) {
            try Self.require("delete-refs", of: offered, to: "delete refs")
        }
        if atomic {
            try Self.require("atomic", of: offered, to: "update all refs or none")
            chosen.append("atomic")
        }
        if !options.isEmpty {
            try Self.require("push-options", of: offered, to: "take push options")
            if let bad = options.first(where: { ArraySlice($0.utf8).plainText == nil }) {
                throw AmxError(.usage, "pushing: the option '\(RemoteText.oneLine(bad))' holds control characters")
            }
            chosen.append("push-options")
        }
        for capability in server.introduction(agent: agent).entries {
            chosen.append(capability.name, capability.value)
        }
        self.init(commands: commands, capabilities: chosen, options: options)
    }

    private static func require(_ name: String, of offered: CapabilityList, to purpose: String) throws {
        guard offered.contains(name) else {
            throw AmxError(.failure, "pushing: the server cannot \(purpose) (it lacks '\(name)')")
        }
    }
}
