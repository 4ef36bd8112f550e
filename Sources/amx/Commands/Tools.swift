import ArgumentParser
import Capsules
import Guard
import Objects
import Runners
import Workspaces

/// `amx tools`.
struct Tools: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "List the tools that capsules offer.",
        discussion: """
            Reads manifests and runs nothing. With --live, the servers of the capsules are started in the sandbox, as far as \
            their level allows it, and list what they have; the scanner looks at what they say of their tools. A tool is run with \
            `amx run ID.TOOL`.

            Example:
              amx tools
              amx tools customer-service --json
              amx tools --live
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all.", valueName: "id")) var ids: [String] = []
    @Flag(help: "Start the servers, and list their own tools as well.") var live = false
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        if live { Interruption.catchSignals() }
        let place = try Place()
        var found: [(manifest: Manifest, target: RunTarget)] = []
        var capsules: [WorkspaceCapsule] = []
        for id in try place.ids(ids) {
            let capsule = place.workspace.capsule(id)
            guard try capsule.form() != nil else {
                if ids.isEmpty { continue }
                throw capsule.missing()
            }
            let manifest = try Manifest.parse(capsule.bytes(of: TreePath(Manifest.fileName)))
            for tool in manifest.tools { found.append((manifest, try RunTarget(tool.name, of: manifest))) }
            if !manifest.mcpServers.isEmpty { capsules.append(capsule) }
        }
        let registry = CapsuleRegistry()
        // What does not end by itself ends with this process.
        defer { for case let loaded as EngineCapsule in registry.drain() { try? loaded.unload() } }
        var servers: [ServerListing] = []
        for capsule in capsules where live {
            try output.tell { _ in "Asking the servers of \(capsule.id)" }
            if let listing = try ServerListing(of: RunSession(capsule), in: registry) { servers.append(listing) }
        }
        try show(found, servers, output)
        let findings = servers.flatMap(\.tools).flatMap(\.findings).filter { $0.severity >= .high }
        guard findings.isEmpty else {
            throw AmxError(
                .failure, "servers say of their tools what agents should not be told",
                hint: "look at the findings, and leave such a server out")
        }
    }

    private func show(
        _ found: [(manifest: Manifest, target: RunTarget)], _ servers: [ServerListing], _ output: Output
    ) throws {
        var json: JSONObject = [
            "tools": .array(
                found.map { Self.json($0.manifest, $0.target) }
                    + servers.flatMap { listing in
                        listing.tools.filter { !$0.isDeclared }.map { $0.json(in: listing) }
                    })
        ]
        if live { json["servers"] = .array(servers.map(\.json)) }
        try output.show(json: .object(json)) { style in
            var table = Table()
            for (manifest, target) in found {
                guard let tool = target.tool else { continue }
                table.add(
                    style.bold("\(manifest.id).\(tool.name)"), target.engine.rawValue, target.level.rawValue,
                    tool.description)
            }
            var lines: [String] = []
            for listing in servers {
                for tool in listing.tools where !tool.isDeclared {
                    table.add(
                        style.bold("\(listing.manifest.id).\(tool.name)"), "mcp", listing.level.rawValue,
                        tool.shownDescription)
                }
                lines += listing.notes.map { style.yellow($0) }
            }
            let text = table.text()
            guard !text.isEmpty || !lines.isEmpty else { return "No capsule here has tools." }
            return ((text.isEmpty ? [] : [text]) + lines).joined(separator: "\n")
        }
    }

    private static func json(_ manifest: Manifest, _ target: RunTarget) -> JSONValue {
        func schema(_ schema: JSONObject?) -> JSONValue { schema.map(JSONValue.object) ?? .null }
        return [
            "capsule": .string(manifest.id.string), "name": .optional(target.tool?.name),
            "description": .optional(target.tool?.description), "engine": .string(target.engine.rawValue),
            "handler": .string(target.handler.description), "level": .string(target.level.rawValue),
            "inputSchema": schema(target.tool?.inputSchema), "outputSchema": schema(target.tool?.outputSchema),
        ]
    }
}
