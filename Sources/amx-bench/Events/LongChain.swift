import Capsules
import Foundation
import Glibc
import Objects
import Workspaces

/// A workspace with very many events, and how long it takes to say what they led to.
struct LongChain {
    private let events: Int
    private let capsules: Int
    private let workspace: Workspace

    /// Makes the workspace and its events, in turn of all the capsules; some stay in the journal.
    init(events: Int, capsules: Int, in folder: String) throws {
        (self.events, self.capsules) = (events, capsules)
        workspace = try Workspace.create(at: folder).workspace
        let store = try EventStore(workspace)
        let streams = try (0..<capsules).map { EventStream(try CapsuleID("capsule-\($0)"), of: "acme") }
        let actor = EventActor(userID: "ada@example.com", userAgent: "amx-bench")
        var next = 0
        while next < events {
            let end = min(next + 1000, events)
            try store.append(
                (next..<end).map { EventWriter.draft($0 / capsules, in: streams[$0 % capsules]) }, by: actor)
            next = end
        }
    }

    /// Prints a table.
    func measure() throws {
        let one = EventStream(try CapsuleID("capsule-\(capsules / 2)"), of: "acme")
        let amx = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path + "/amx"
        let program = Program(environment: ["HOME": workspace.root, "XDG_CONFIG_HOME": workspace.root])
        print("| \(events) events of \(capsules) capsules | ms |")
        print("|---|---|")
        try row("state of one capsule") { try check(EventStore(workspace).state(of: one).state) }
        try row("states of all") {
            let states = try StateReader(workspace).states()
            guard states.count == min(capsules, events) else {
                throw Program.Failure(description: "\(states.count) states")
            }
            for state in states { try check(state.state) }
        }
        for words in [["--state", one.capsule.string], ["--state"]] where access(amx, X_OK) == 0 {
            let name = words.count > 1 ? "amx events --state ID" : "amx events --state"
            try row("`\(name)`, the whole process") {
                try program.run(amx, ["events"] + words, in: workspace.root)
            }
        }
        try row("state of one capsule, from the events (`--strict`)", rounds: 3) {
            _ = try StateReader(workspace, as: .strict).states(of: one.capsule)
        }
        try row("audit", rounds: 1) {
            let report = try EventAudit(workspace).run()
            guard report.findings.isEmpty, report.events == events else {
                throw Program.Failure(description: "the chain is damaged: \(report)")
            }
        }
        let sizes = try ["workspace.git", "journal"].map { name in
            try program.read("/usr/bin/du", ["-sm", "\(workspace.metadata)/\(name)"]).prefix { $0 != "\t" } + " MiB"
        }
        print("\nOn the disk: chain \(sizes[0]), journal \(sizes[1])")
    }

    private func check(_ state: JSONObject) throws {
        guard state["version"] != nil else { throw Program.Failure(description: "a state has no version") }
    }

    private func row(_ name: String, rounds: Int = 21, _ body: () throws -> Void) throws {
        // Warm: read once before.
        if rounds > 1 { try body() }
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = MonotonicClock.nanoseconds()
            try body()
            times.append(Double(MonotonicClock.nanoseconds() - start) / 1e6)
        }
        times.sort()
        print("| \(name) | \(String(format: "%.1f", times[times.count / 2])) |")
    }
}
