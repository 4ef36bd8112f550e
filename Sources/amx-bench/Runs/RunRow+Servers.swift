import Capsules
import Guard
import Objects
import Runners

extension RunRow {
    static let toolName = "a server's tool, warm"
    static let bareToolName = "the same tool of the same server without a sandbox, over a socket"

    /// A server of the Model Context Protocol, in the sandbox and by itself.
    static func servers(_ place: RunPlace) throws -> [RunRow] {
        let server = try runner(place)
        let bare = try ToolServer("/usr/bin/python3", ["\(place.folder)/server.py"])
        return [
            RunRow(toolName) {
                try time {
                    var host = NoHost()
                    let run = EngineRun(.server(id: "main", tool: "sum"), input: [:], limits: RunPlace.limits)
                    let result = try server.run(run, host: &host) {}
                    guard result.isSuccess else { throw Program.Failure(description: result.error ?? "no answer") }
                }
            },
            RunRow(bareToolName) { try time { try bare.call("sum", [:]) } },
        ]
    }

    private static func runner(_ place: RunPlace) throws -> ServerRunner {
        let text = """
            {"id": "bench", "name": "Bench", "version": "1.0.0",
             "mcpServers": [{"id": "main", "command": "python3", "args": ["server.py"]}]}
            """
        let manifest = try Manifest.parse(Array(text.utf8))
        let gate = ManifestGate(manifest, workspace: nil, home: nil)
        return ServerRunner(
            manifest.mcpServers, in: ServerPlace(worker: place.worker, folder: place.folder, gate: gate))
    }
}
