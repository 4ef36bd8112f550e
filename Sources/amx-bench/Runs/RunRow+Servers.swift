import CLinux
import Capsules
import Glibc
import Guard
import Objects
import Runners

extension RunRow {
    static let toolName = "a server's tool, warm"
    static let bareToolName = "the same tool of the same server without a sandbox, over a socket"

    /// A server of the Model Context Protocol, in the sandbox and by itself.
    static func servers(_ place: RunPlace) throws -> [RunRow] {
        let server = try runner(place)
        let bare = try BareServer(place)
        return [
            RunRow(toolName) {
                try time {
                    var host = NoHost()
                    let run = EngineRun(.server(id: "main", tool: "sum"), input: [:], limits: RunPlace.limits)
                    let result = try server.run(run, host: &host) {}
                    guard result.isSuccess else { throw Program.Failure(description: result.error ?? "no answer") }
                }
            },
            RunRow(bareToolName) { try time { try bare.call("tools/call", ["name": "sum", "arguments": [:]]) } },
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

    /// The server as a plain program that is there for all calls.
    private final class BareServer {
        private let process: RunningProcess
        private let connection: MessageConnection

        init(_ place: RunPlace) throws {
            var sockets: [Int32] = [-1, -1]
            guard amx_stream_sockets(&sockets) == 0 else { throw AmxError.system("cannot make a socket") }
            var program = Objects.Program("/usr/bin/python3", ["\(place.folder)/server.py"])
            program.input = .descriptor(sockets[1])
            program.output = .descriptor(sockets[1])
            process = try program.start()
            close(sockets[1])
            connection = MessageConnection(LineConnection(reading: sockets[0], writing: sockets[0]))
            let version: JSONValue = .string(ProtocolVersion.newest.rawValue)
            try call("initialize", ["protocolVersion": version, "capabilities": [:]])
            connection.notify("notifications/initialized")
        }

        /// Calls a method and waits for its answer.
        func call(_ method: String, _ parameters: JSONValue) throws {
            var host = NoHost()
            _ = try connection.call(
                method, parameters, until: MonotonicClock.nanoseconds() + 60_000_000_000, host: &host)
        }
    }
}
