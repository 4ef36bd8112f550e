import ArgumentParser
import CLinux
import Capsules
import Foundation
import Glibc
import Guard
import Isolation
import Objects
import Runners

/// `amx-bench run`: what it costs to run something in the sandbox.
struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measure running code in the sandbox, beside plain programs and bubblewrap.",
        discussion: """
            Everything takes turns, round after round, so that a slow moment hits all. The engines are used as `amx run` uses them, but \
            within one process: a cold call makes its sandbox, a warm one finds it. Deno, runc, Node.js and Wasmtime's package \
            for Python are measured where they are on PATH. Needs `amx-worker`, `amx-js` and `amx-wasm` beside it.

            Example:
              amx-bench run --rounds 51
            """)

    @Option(help: "How often each is run.") var rounds = 31

    private static let limits = SandboxLimits(memoryBytes: 512 << 20)

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
    }

    func run() throws {
        let executable = Bundle.main.executableURL?.deletingLastPathComponent().path ?? "."
        let worker = "\(executable)/amx-worker"
        let folder = "\(NSTemporaryDirectory())amx-bench-run-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in Self.files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        let cases = try cases(worker, folder)
        var times: [[Double]] = Array(repeating: [], count: cases.count)
        for round in 0...rounds {
            for (index, (_, run)) in cases.enumerated() {
                let time = try run()
                // The first round fills caches.
                if round > 0 { times[index].append(time) }
            }
        }
        print("| what | p50 ms | p95 ms | least |")
        print("|---|---|---|---|")
        for ((name, _), all) in zip(cases, times) {
            let sorted = all.sorted()
            let numbers = [sorted[sorted.count / 2], sorted[sorted.count * 95 / 100], sorted[0]]
            print("| \(name) | " + numbers.map { String(format: "%.2f", $0) }.joined(separator: " | ") + " |")
        }
    }

    private typealias Case = (name: String, run: () throws -> Double)

    private func cases(_ worker: String, _ folder: String) throws -> [Case] {
        let program = Program()
        let sandbox = try Sandbox(worker: worker, showing: folder)
        let scripts = try JavaScriptRunner(worker: worker, showing: folder)
        let server = try server(worker, folder)
        var cases: [Case] = [
            ("a bare program (`true`)", { try program.run("/usr/bin/true", []) }),
            ("`true` in plain bubblewrap, everything shown", { try program.run("/usr/bin/bwrap", Self.plain) }),
            (
                "`true` in bubblewrap with the sandbox's own arguments",
                { try program.run("/usr/bin/bwrap", Self.hardened(folder)) }
            ),
            ("`true` in the sandbox", { try Self.ended(sandbox.run(["/usr/bin/true"], limits: Self.limits)) }),
            ("bare `python3`, a handler", { try program.run("/usr/bin/python3", ["\(folder)/main.py"]) }),
            (
                "`python3` in the sandbox, the same handler",
                { try Self.time { try Self.succeed(ProcessRunner(sandbox), "main.py") } }
            ),
            (
                "JavaScript, cold: sandbox and engine",
                {
                    try Self.time {
                        try Self.succeed(JavaScriptRunner(worker: worker, showing: folder), "main.js")
                    }
                }
            ),
            ("JavaScript, warm", { try Self.time { try Self.succeed(scripts, "main.js") } }),
            ("a server's tool, warm", { try Self.time { try Self.call(server) } }),
            ("killed after a deadline of 100 ms, later than that", { try Self.overrun(sandbox) }),
        ]
        for (name, path, words) in [
            ("bare Deno, a script", "deno", ["run", "\(folder)/peer.js"]),
            ("bare Node.js, a script", "node", ["\(folder)/peer.js"]),
        ] {
            guard let found = Self.find(path) else { continue }
            cases.append((name, { try program.run(found, words) }))
        }
        cases += try WasmRows.cases(worker, folder).map { ($0.name, $0.run) }
        return cases
    }

    private func server(_ worker: String, _ folder: String) throws -> ServerRunner {
        let text = """
            {"id": "bench", "name": "Bench", "version": "1.0.0",
             "mcpServers": [{"id": "main", "command": "python3", "args": ["server.py"]}]}
            """
        let manifest = try Manifest.parse(Array(text.utf8))
        let gate = ManifestGate(manifest, workspace: nil, home: nil)
        return ServerRunner(manifest.mcpServers, in: ServerPlace(worker: worker, folder: folder, gate: gate))
    }

    // MARK: What is run

    private static let files = [
        "main.js": "function handler(input) { return { sum: input.numbers.reduce((a, b) => a + b, 0) } }\n",
        "peer.js": "console.log(JSON.stringify({ sum: [1, 2, 3].reduce((a, b) => a + b, 0) }))\n",
        "main.py": "import json, sys\njson.dump({\"sum\": 6}, sys.stdout)\n",
        "loop.py": "while True: pass\n",
        "server.py": """
        import json, sys
        for line in sys.stdin:
            call = json.loads(line)
            if "id" not in call: continue
            method, result = call["method"], {}
            if method == "initialize":
                result = {"protocolVersion": call["params"]["protocolVersion"], "capabilities": {"tools": {}},
                          "serverInfo": {"name": "bench", "version": "1"}}
            elif method == "tools/list":
                result = {"tools": [{"name": "sum", "inputSchema": {"type": "object"}}]}
            elif method == "tools/call":
                result = {"content": [{"type": "text", "text": "6"}]}
            print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)
        """,
    ]

    private static let plain = ["--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "/usr/bin/true"]

    /// What the sandbox gives bubblewrap, without the descriptors that only it has.
    private static func hardened(_ folder: String) -> [String] {
        let view = SandboxView(
            shown: [SandboxView.Shown(folder, at: Sandbox.capsulePath)], environment: Sandbox.environment,
            directory: Sandbox.capsulePath, temporaryBytes: limits.temporaryBytes)
        var words = Bubblewrap(view).arguments(running: ["/usr/bin/true"], variablesAt: 0)
        for option in ["--args", "--add-seccomp-fd", "--add-seccomp-fd", "--json-status-fd"] {
            guard let index = words.firstIndex(of: option) else { continue }
            words.removeSubrange(index...(index + 1))
        }
        return words
    }

    private static func succeed(_ runner: some EngineRunner, _ file: String) throws {
        var host = NoHost()
        let run = EngineRun(.file(try TreePath(file)), input: ["numbers": [1, 2, 3]], limits: limits)
        let result = try runner.run(run, host: &host) {}
        guard result.result["sum"] == 6 else { throw Program.Failure(description: result.error ?? "no sum") }
    }

    private static func call(_ server: ServerRunner) throws {
        var host = NoHost()
        let run = EngineRun(.server(id: "main", tool: "sum"), input: [:], limits: limits)
        let result = try server.run(run, host: &host) {}
        guard result.isSuccess else { throw Program.Failure(description: result.error ?? "no answer") }
    }

    private static func ended(_ body: @autoclosure () throws -> SandboxResult) throws -> Double {
        try time {
            guard try body().ending == .exited(0) else { throw Program.Failure(description: "it did not run") }
        }
    }

    /// By how many milliseconds a program that never ends outlives its deadline.
    private static func overrun(_ sandbox: Sandbox) throws -> Double {
        var limits = limits
        limits.milliseconds = 100
        let time = try time {
            let result = try sandbox.run(["/usr/bin/python3", "loop.py"], limits: limits)
            guard result.ending == .timedOut else { throw Program.Failure(description: "it was not killed") }
        }
        return time - 100
    }

    private static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = MonotonicClock.nanoseconds()
        try body()
        return Double(MonotonicClock.nanoseconds() - start) / 1e6
    }

    private static func find(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }
}
