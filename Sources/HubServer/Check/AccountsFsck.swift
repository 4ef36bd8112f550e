import Capsules
import Foundation
import GRDB
import Objects

/// Checks a hub's accounts, and changes nothing: SQLite's structures, what the tables say, and while nobody has them open,
/// every bit by the checksum beside them (``AccountsSeal``).
struct AccountsFsck {
    /// What was found.
    struct Report {
        var findings: [FsckFinding] = []
        /// What could not be looked at, and why.
        var notes: [String] = []
        /// The owners; nil when the accounts cannot be read.
        var owners: Set<String>?
        /// The claims; nil when the accounts cannot be read, or are of a hub that had none yet.
        var claims: [Claim]?
    }

    private static let place = "hub.sqlite"
    private static let restore =
        "stop the hub and restore hub.sqlite from a backup, or add the owners again and make new tokens; the repositories do "
        + "not depend on it"

    private let database: String

    init(_ directory: DataDirectory) { database = directory.databasePath }

    /// Checks everything. A hub or command that opens the accounts waits until this is done, unless one has them open.
    func run() -> Report {
        var report = Report()
        do {
            let isAlone: Void? = try AccountsSeal.alone(with: database) {
                try checkSeal(&report)
                try readCopy(into: &report)
            }
            if isAlone == nil {
                report.notes.append(
                    "the accounts are in use: their tables were checked, and their checksum is when no process has them open"
                )
                try read(database, &report)
            }
        } catch let error as AmxError {
            report.findings.append(FsckFinding(.accounts, Self.place, error.message, hint: Self.restore))
        } catch let error as DatabaseError {
            report.findings.append(
                FsckFinding(.accounts, Self.place, error.message ?? "it is damaged", hint: Self.restore))
        } catch {
            report.findings.append(FsckFinding(.accounts, Self.place, "\(error)", hint: Self.restore))
        }
        return report
    }

    private func checkSeal(_ report: inout Report) throws(AmxError) {
        guard AccountsSeal.isWhole(database) else {
            report.notes.append(
                "a process that had the accounts open was killed: their tables were checked, and their checksum is once a "
                    + "command such as `amx-hub owner list` has closed them")
            return
        }
        guard Directory.exists(AccountsSeal.path(of: database)) else {
            report.notes.append(
                "the accounts have no checksum: the next command that opens them, such as `amx-hub owner list`, writes it"
            )
            return
        }
        guard try !AccountsSeal.fits(database) else { return }
        report.findings.append(
            FsckFinding(
                .accounts, Self.place,
                "it is not what amx-hub wrote: hub.sqlite.sha256 is the checksum of something else",
                hint:
                    "restore both from a backup; when `amx-hub owner list` and `token list` show what is right, because you "
                    + "have changed it by hand, remove hub.sqlite.sha256: the next command writes it anew"))
    }

    /// Looks into a copy: opening the file itself would make others beside it.
    private func readCopy(into report: inout Report) throws {
        let manager = FileManager.default
        let folder = manager.temporaryDirectory.appendingPathComponent(Directory.temporaryName("amx-hub-fsck")).path
        try Directory.create(folder, mode: 0o700)
        defer { try? Directory.remove(folder) }
        for suffix in ["", "-wal"] where Directory.exists(database + suffix) {
            try manager.copyItem(atPath: database + suffix, toPath: "\(folder)/hub.sqlite\(suffix)")
        }
        try read("\(folder)/hub.sqlite", &report)
    }

    private func read(_ path: String, _ report: inout Report) throws {
        var configuration = Configuration()
        configuration.readonly = path == database
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try queue.read { connection in
            for problem in try String.fetchAll(connection, sql: "PRAGMA integrity_check") where problem != "ok" {
                report.findings.append(FsckFinding(.accounts, Self.place, problem, hint: Self.restore))
            }
            guard try !AccountDatabase.migrations.hasBeenSuperseded(connection) else {
                throw AmxError(.failure, "a newer amx-hub wrote it: its tables are unknown")
            }
            guard try connection.tableExists("owner"), try connection.tableExists("token") else {
                throw AmxError(.verification, "it has no accounts")
            }
            report.owners = try readOwners(connection, &report.findings)
            try checkTokens(connection, &report.findings)
            if try connection.tableExists("claim") { report.claims = try readClaims(connection, &report.findings) }
        }
    }

    private func readOwners(_ connection: Database, _ findings: inout [FsckFinding]) throws -> Set<String> {
        var owners: Set<String> = []
        for name in try String.fetchAll(connection, sql: "SELECT name FROM owner") {
            owners.insert(name)
            guard (try? OwnerName(name)) == nil else { continue }
            findings.append(
                FsckFinding(
                    .accounts, "owner", "\(TreeRules.printable(name.utf8)) is no name of an owner", hint: Self.restore))
        }
        return owners
    }

    private func readClaims(_ connection: Database, _ findings: inout [FsckFinding]) throws -> [Claim] {
        var claims: [Claim] = []
        let rows = try Row.fetchAll(
            connection, sql: "SELECT *, owner IN (SELECT name FROM owner) AS owned FROM claim ORDER BY id")
        for row in rows {
            if let claim = AccountDatabase.claim(row), row["owned"] == true {
                claims.append(claim)
                continue
            }
            let id: String = row["id"]
            findings.append(
                FsckFinding(
                    .accounts, "claim \(TreeRules.printable(id.utf8))",
                    row["owned"] == true ? "it is of no capsule's id" : "it belongs to no owner",
                    hint: "restore hub.sqlite from a backup, or give the id to an owner with `amx-hub claim move`"))
        }
        return claims
    }

    private func checkTokens(_ connection: Database, _ findings: inout [FsckFinding]) throws {
        let rows = try Row.fetchAll(
            connection,
            sql: """
                SELECT id, owner, length(digest) AS size, lookup = substr(digest, 1, 8) AS found, rights,
                    owner IN (SELECT name FROM owner) AS owned
                FROM token ORDER BY id
                """)
        for row in rows {
            let id: String = row["id"]
            let rights: Int = row["rights"]
            let problem: String? =
                if row["owned"] == false {
                    "it belongs to no owner"
                } else if row["size"] != SHA256Digest.byteCount || row["found"] == false {
                    "it cannot be found by its secret"
                } else if rights & ~AccessRights.all.rawValue != 0 {
                    "it has unknown rights"
                } else {
                    nil
                }
            guard let problem else { continue }
            findings.append(
                FsckFinding(
                    .accounts, "token \(TreeRules.printable(id.utf8))", problem,
                    hint: "revoke it with `amx-hub token revoke`, and make another"))
        }
    }
}
