import Capsules
import Guard
import Objects
import Runners

extension ServerListing {
    /// What `amx tools --live --json` says of a capsule's servers.
    var json: JSONValue {
        var object: JSONObject = [
            "capsule": .string(manifest.id.string), "servers": .strings(manifest.mcpServers.map(\.id)),
            "tools": .count(tools.count),
        ]
        switch state {
        case .ready: object["state"] = "ready"
        case .failed(let why): (object["state"], object["error"]) = ("failed", .string(why))
        case .denied(let why, let hint):
            (object["state"], object["error"], object["hint"]) = ("denied", .string(why), .optional(hint))
        }
        return .object(object)
    }

    /// What people are told besides the tools: what did not start, and what the scanner found.
    var notes: [String] {
        var notes: [String] = []
        switch state {
        case .ready: break
        case .failed(let why): notes.append("\(manifest.id): \(TreeRules.printable(why.utf8))")
        case .denied(let why, let hint): notes.append(why + (hint.map { "; \($0)" } ?? ""))
        }
        for tool in tools {
            for finding in tool.findings {
                notes.append(
                    "\(manifest.id).\(tool.name): \(finding.severity.rawValue) \(finding.rule): \(finding.message)")
            }
        }
        return notes
    }
}

extension ServerListing.ListedTool {
    /// How it is run: the handler as a manifest would have it.
    var name: String { TreeRules.printable(offered.handler.description.utf8) }

    /// The beginning of its own description, on one line.
    var shownDescription: String {
        let text = offered.tool.description ?? offered.tool.title ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return TreeRules.printable(line.utf8.prefix(160))
    }

    /// What `--json` says of it, as of a declared tool, and what its server says besides.
    func json(in listing: ServerListing) -> JSONValue {
        func schema(_ schema: JSONObject?) -> JSONValue { schema.map(JSONValue.object) ?? .null }
        return [
            "capsule": .string(listing.manifest.id.string), "name": .string(offered.handler.description),
            "description": .optional(offered.tool.description), "engine": "mcp",
            "handler": .string(offered.handler.description), "level": .string(listing.level.rawValue),
            "inputSchema": schema(offered.tool.inputSchema), "outputSchema": schema(offered.tool.outputSchema),
            "annotations": schema(offered.tool.annotations),
            "findings": .array(
                findings.map { finding in
                    [
                        "rule": .string(finding.rule), "severity": .string(finding.severity.rawValue),
                        "message": .string(finding.message), "excerpt": .string(finding.excerpt),
                    ]
                }),
        ]
    }
}
