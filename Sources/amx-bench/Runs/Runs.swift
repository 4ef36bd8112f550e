import ArgumentParser
import Foundation
import Objects

/// `amx-bench run`: what it costs to run something in the sandbox.
struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure running code in the sandbox, beside plain programs and others' sandboxes.",
        discussion: """
            Everything takes turns, round after round, so that a slow moment hits all. The engines are used as `amx run` uses them, but \
            within one process: a cold call makes its sandbox, a warm one finds it. runc, Deno and Node.js are measured where they are \
            on PATH, and Wasmtime's package where python3 has it. Needs `amx`, `amx-worker`, `amx-js` and `amx-wasm` beside it. After the times come the figures that are to be held.

            Example:
              amx-bench run --rounds 51
            """)

    @Option(help: "How often each is run.") var rounds = 31
    @Option(help: "Only what has this in its name.") var only: String?

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be at least 1") }
    }

    func run() throws {
        let executable = Bundle.main.executableURL?.deletingLastPathComponent().path ?? "."
        let folder = "\(NSTemporaryDirectory())amx-bench-run-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let place = RunPlace(worker: "\(executable)/amx-worker", folder: folder)
        try place.writeFiles()
        var rows = try RunRow.plain(place) + RunRow.engines(place) + RunRow.modules(place)
        rows += try RunRow.servers(place) + RunRow.agents(place)
        if let only { rows.removeAll { !$0.name.contains(only) } }
        for round in 0...rounds {
            for index in rows.indices {
                guard let time = try rows[index].run?() else { continue }
                // The first round fills caches.
                if round > 0 { rows[index].times.append(time) }
            }
        }
        print("| what | p50 ms | p95 ms | least |")
        print("|---|---|---|---|")
        for row in rows { print(row.line) }
        let held = RunLimit.all.compactMap { $0.line(rows) }
        guard !held.isEmpty else { return }
        print("\n| held | is | at most |")
        print("|---|---|---|")
        for line in held { print(line) }
    }
}
