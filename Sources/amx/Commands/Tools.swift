import ArgumentParser
import Capsules
import Objects
import Runners
import Workspaces

/// `amx tools`.
struct Tools: AmxCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "List the tools that capsules offer.",
        discussion: """
            Reads manifests and runs nothing. A tool is run with `amx run ID.TOOL`.

            Example:
              amx tools
              amx tools customer-service --json
            """)

    @Argument(help: ArgumentHelp("Capsules; by default all.", valueName: "id")) var ids: [String] = []
    @OptionGroup var global: GlobalOptions

    func run(_ output: Output) throws {
        let place = try Place()
        var found: [(manifest: Manifest, target: RunTarget)] = []
        for id in try place.ids(ids) {
            let capsule = place.workspace.capsule(id)
            guard try capsule.form() != nil else {
                if ids.isEmpty { continue }
                throw capsule.missing()
            }
            let manifest = try Manifest.parse(capsule.bytes(of: TreePath(Manifest.fileName)))
            for tool in manifest.tools { found.append((manifest, try RunTarget(tool.name, of: manifest))) }
        }
        try output.show(json: ["tools": .array(found.map { Self.json($0.manifest, $0.target) })]) { style in
            guard !found.isEmpty else { return "No capsule here has tools." }
            var table = Table()
            for (manifest, target) in found {
                guard let tool = target.tool else { continue }
                table.add(
                    style.bold("\(manifest.id).\(tool.name)"), target.engine.rawValue, target.level.rawValue,
                    tool.description)
            }
            return table.text()
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
