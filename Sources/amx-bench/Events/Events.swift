import ArgumentParser
import Capsules
import Foundation
import Glibc
import Objects
import Workspaces

/// `amx-bench events`: appending events that are durable, and what many of them led to.
struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Measure appending events, beside PostgreSQL, and reading states.",
        discussion: """
            Writers are processes of their own. Each appends one event at a time and goes on when it is on the disk. PostgreSQL runs from \
            its own programs in a temporary folder on the same disk, with a socket and no port, fsync and synchronous_commit on, and \
            takes one prepared INSERT a transaction from pgbench: into a table like that of seed 000, with its primary key only, and with \
            the seed's three indexes. Where it is not installed, its rows are left out. The two take turns.

            Then a chain of many events is made, and read: the state of one capsule, of all, and the audit. All of it takes about two \
            minutes.

            Example:
              amx-bench events
              amx-bench events --seconds 5 --rounds 5 --events 0
            """)

    @Option(help: "How long each append run takes.") var seconds = 2
    @Option(help: "How many append runs there are of each kind; 0 for none.") var rounds = 3
    @Option(help: "How many events the long chain has; 0 for none.") var events = 1_000_000
    @Option(help: "How many capsules these are of.") var capsules = 1000
    @Option(
        name: .customLong("postgresql"),
        help: "The folder of PostgreSQL's programs; by default found on PATH or where Debian has it.")
    var programs: String?
    @Option(name: .customLong("in"), help: "The folder for the data; by default that for temporary files.")
    var place: String?

    func validate() throws {
        guard seconds > 0, rounds >= 0, events >= 0, capsules > 0 else {
            throw ValidationError("--seconds and --capsules must be at least 1, --rounds and --events at least 0")
        }
    }

    func run() throws {
        let folder = "\(place ?? FileManager.default.temporaryDirectory.path)/amx-bench-events-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if rounds > 0 { try append(in: folder) }
        // Making the chain takes minutes.
        fflush(nil)
        if events > 0 { try LongChain(events: events, capsules: capsules, in: "\(folder)/long").measure() }
    }

    // MARK: Appending

    private func append(in folder: String) throws {
        let workspace = try Workspace.create(at: "\(folder)/work").workspace
        var postgreSQL: PostgreSQL?
        do {
            postgreSQL = try PostgreSQL(in: folder, programs: programs)
        } catch {
            print("Without PostgreSQL: \(error)")
        }
        defer { postgreSQL?.stop() }
        let system = try Program().read("/usr/bin/df", ["--output=source,fstype", folder]).split(separator: "\n").last
        print("Data of both: \(folder) on \(system.map(String.init) ?? "?")")
        print(
            "Amx: fdatasync of the journal before each append returns; \(seconds) s a run, \(rounds) of each, in turn")
        if let postgreSQL {
            print("PostgreSQL: \(try postgreSQL.settings()); pgbench, one prepared INSERT a transaction")
        }
        print("")
        print("| events a second, each on the disk | 1 writer | 16 writers |")
        print("|---|---|---|")
        var amx: [Int: [Double]] = [:]
        var peer: [PostgreSQL.Table: [Int: [Double]]] = [:]
        for _ in 0..<rounds {
            for writers in [1, 16] {
                amx[writers, default: []].append(try EventWriters(writers, in: workspace).rate(seconds: seconds))
                guard let postgreSQL else { continue }
                for table in PostgreSQL.Table.allCases {
                    let rate = try postgreSQL.rate(of: writers, into: table, seconds: seconds)
                    peer[table, default: [:]][writers, default: []].append(rate)
                }
            }
        }
        func row(_ name: String, _ rates: [Int: [Double]]) {
            let cells = [1, 16].map { writers -> String in
                let sorted = (rates[writers] ?? []).sorted()
                return String(
                    format: "%.0f (%.0f to %.0f)", sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
            }
            print("| \(name) | \(cells.joined(separator: " | ")) |")
        }
        row("Amx", amx)
        for table in PostgreSQL.Table.allCases { if let rates = peer[table] { row(table.rawValue, rates) } }
        let report = try EventAudit(workspace).run()
        guard report.findings.isEmpty else {
            throw Program.Failure(description: "the chain is damaged: \(report.findings)")
        }
    }
}
