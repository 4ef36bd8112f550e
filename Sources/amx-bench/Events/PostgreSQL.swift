import Foundation
import Glibc

/// A PostgreSQL server in a temporary folder, for comparison: a socket there and no port, and every commit waits for the disk.
final class PostgreSQL {
    /// Where rows go.
    enum Table: String, CaseIterable {
        case bare = "PostgreSQL, primary key only"
        case indexed = "PostgreSQL, with the seed's indexes"

        fileprivate var name: String { self == .bare ? "events" : "indexed_events" }
    }

    private let folder: String
    private let programs: String
    /// The words before a command: PostgreSQL refuses to run as root.
    private let asUser: [String]
    private let program = Program(environment: ["LC_ALL": "C", "PGOPTIONS": "", "PGDATA": ""])

    /// Makes a database and starts the server. Throws, in words, where PostgreSQL is not installed or cannot run.
    init(in base: String, programs: String? = nil) throws {
        self.programs = try programs ?? Self.find()
        folder = "\(base)/postgresql"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if geteuid() == 0 {
            guard let user = getpwnam("postgres") else {
                throw Program.Failure(description: "it does not run as root, and there is no user postgres")
            }
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
            asUser = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        } else {
            asUser = []
        }
        try run("initdb", ["-D", "\(folder)/data", "-A", "trust", "-U", "bench", "--no-sync", "-E", "UTF8"])
        let options =
            "-k \(folder) -c listen_addresses= -c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=40"
        try run("pg_ctl", ["-D", "\(folder)/data", "-l", "\(folder)/log", "-w", "-o", options, "start"])
        do {
            for table in Table.allCases { try run("psql", connection + ["-q", "-c", Self.schema(table)]) }
        } catch {
            stop()
            throw error
        }
    }

    /// Its version and what it does at a commit, as it says itself.
    func settings() throws -> String {
        let names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method"]
        let query = "SELECT " + names.map { "'\($0)=' || current_setting('\($0)')" }.joined(separator: " || ', ' || ")
        let words = asUser + ["\(programs)/psql"] + connection + ["-At", "-c", query]
        return try program.read("/usr/bin/env", words).trimmingCharacters(in: .newlines)
    }

    /// Ends the server.
    func stop() { _ = try? run("pg_ctl", ["-D", "\(folder)/data", "-m", "immediate", "-w", "stop"]) }

    /// How many rows a second that many connections insert, one prepared statement a transaction.
    func rate(of writers: Int, into table: Table, seconds: Int) throws -> Double {
        let script = "\(folder)/insert.sql"
        let insert = """
            \\set capsule random(0, 15)
            \\set number random(1, 1000000)
            INSERT INTO \(table.name) (capsule_id, organization_id, user_id, event_type, event_data, user_agent)
              VALUES ('capsule-' || :capsule, 'acme', 'p1:0123456789abcdef0123456789abcdef', 'updated',
                jsonb_build_object('newVersion', '1.' || :number || '.0', 'oldVersion', '1.0.0'), 'amx-bench');

            """
        try Data(insert.utf8).write(to: URL(filePath: script))
        let words =
            connection + [
                "-n", "-M", "prepared", "-c", "\(writers)", "-j", "\(min(writers, 4))", "-T", "\(seconds)", "-f",
                script,
            ]
        let output = try program.read("/usr/bin/env", asUser + ["\(programs)/pgbench"] + words)
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.dropFirst(6).prefix { $0 != " " })
        else { throw Program.Failure(description: "pgbench says nothing: \(output)") }
        return rate
    }

    private var connection: [String] { ["-h", folder, "-U", "bench", "postgres"] }

    @discardableResult
    private func run(_ name: String, _ arguments: [String]) throws -> Double {
        try program.run("/usr/bin/env", asUser + ["\(programs)/\(name)"] + arguments, in: folder)
    }

    /// The table of seed 000, without what refers to other tables.
    private static func schema(_ table: Table) -> String {
        var schema = """
            CREATE TABLE \(table.name) (
              id UUID PRIMARY KEY DEFAULT gen_random_uuid(), capsule_id TEXT NOT NULL, organization_id TEXT NOT NULL,
              user_id TEXT, event_type TEXT NOT NULL, event_data JSONB NOT NULL, ip_address INET, user_agent TEXT,
              session_id TEXT, timestamp TIMESTAMP WITH TIME ZONE DEFAULT NOW());
            """
        if table == .indexed {
            for column in ["capsule_id", "organization_id", "event_type"] {
                schema += "CREATE INDEX ON \(table.name) (\(column), timestamp DESC);"
            }
        }
        return schema
    }

    private static func find() throws -> String {
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        let newest = versions.compactMap { Int($0) }.max().map { "\(debian)/\($0)/bin" }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for folder in path.split(separator: ":").map(String.init) + [newest].compactMap({ $0 }) {
            let needed = ["initdb", "pg_ctl", "psql", "pgbench"]
            if needed.allSatisfy({ access("\(folder)/\($0)", X_OK) == 0 }) { return folder }
        }
        throw Program.Failure(description: "it is not installed (on Debian: apt-get install postgresql)")
    }
}
