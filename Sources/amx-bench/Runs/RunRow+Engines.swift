import Capsules
import Isolation
import Objects
import Runners

extension RunRow {
    static let coldScriptName = "JavaScript, cold: a new slot, launcher and engine"
    static let warmScriptName = "JavaScript, warm"

    /// Python and JavaScript, and who else runs them.
    static func engines(_ place: RunPlace) throws -> [RunRow] {
        let program = Program()
        let sandbox = try Sandbox(worker: place.worker, showing: place.folder)
        let scripts = try JavaScriptRunner(worker: place.worker, showing: place.folder)
        return [
            RunRow("bare `python3`, a handler") { try program.run("/usr/bin/python3", ["\(place.folder)/main.py"]) },
            RunRow("`python3` in the sandbox, the same handler") {
                try time { try succeed(ProcessRunner(sandbox), "main.py") }
            },
            RunRow(coldScriptName) {
                try time { try succeed(JavaScriptRunner(worker: place.worker, showing: place.folder), "main.js") }
            },
            RunRow(warmScriptName) { try time { try succeed(scripts, "main.js") } },
            RunRow("bare Deno, a script", peer: "deno") { path in
                { try program.run(path, ["run", "\(place.folder)/peer.js"]) }
            },
            RunRow("bare Node.js, a script", peer: "node") { path in
                { try program.run(path, ["\(place.folder)/peer.js"]) }
            },
        ]
    }

    private static func succeed(_ runner: some EngineRunner, _ file: String) throws {
        var host = NoHost()
        let run = EngineRun(.file(try TreePath(file)), input: ["numbers": [1, 2, 3]], limits: RunPlace.limits)
        let result = try runner.run(run, host: &host) {}
        guard result.result["sum"] == 6 else { throw Program.Failure(description: result.error ?? "no sum") }
    }
}
