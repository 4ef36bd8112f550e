package import Capsules
package import Foundation
import GRDB
package import Objects

/// Accounts in an SQLite database in WAL mode with full synchronisation: what was acknowledged survives a power cut.
///
/// The command line and the serving process may use the same file at once.
package final class AccountDatabase: AccountStore {
    let pool: DatabasePool
    private let seal: AccountsSeal
    let path: String

    /// Opens the database of a data directory, making or migrating its tables.
    ///
    /// A database of a newer version is refused, unchanged.
    package init(_ directory: DataDirectory) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        path = directory.databasePath
        seal = try AccountsSeal(breaking: directory)
        do {
            pool = try DatabasePool(path: directory.databasePath, configuration: configuration)
            let migrator = Self.migrations
            guard try pool.read(migrator.hasBeenSuperseded) == false else {
                throw AmxError(
                    .failure, "cannot open \(directory.databasePath): a newer amx-hub wrote it",
                    hint: "use the newer amx-hub")
            }
            try migrator.migrate(pool)
        } catch let error as DatabaseError {
            throw AmxError(
                .failure, "cannot open \(directory.databasePath): \(error.message ?? "it is damaged")",
                hint: "restore hub.sqlite from a backup; the repositories do not depend on it", cause: error)
        }
    }

    /// Closes the database; where nobody else has it open, everything is then in the main file, which is sealed.
    package func close() throws {
        try pool.close()
        try seal.renew {
            // The pool closes its readers last, and those leave the log alone.
            let queue = try DatabaseQueue(path: path)
            _ = try queue.read { try $0.tableExists("owner") }
            try queue.close()
        }
    }

    package func addOwner(_ name: OwnerName) async throws {
        try await pool.write { database in
            guard try !Self.hasOwner(name, database) else {
                throw AmxError(
                    .conflict, "cannot add the owner \(name.string): there is one of that name",
                    hint:
                        "`amx-hub owner list` shows them; `amx-hub token create --owner \(name.string)` makes it a token"
                )
            }
            try database.execute(
                sql: "INSERT INTO owner (name, created) VALUES (?, ?)", arguments: [name.string, Self.seconds(Date())])
        }
    }

    package func owners() async throws -> [Owner] {
        try await pool.read { database in
            try Row.fetchAll(database, sql: "SELECT name, created FROM owner ORDER BY name").compactMap { row in
                (try? OwnerName(row["name"])).map { Owner(name: $0, created: Self.date(row["created"])) }
            }
        }
    }

    package func hasOwner(_ name: OwnerName) async throws -> Bool {
        try await pool.read { try Self.hasOwner(name, $0) }
    }

    package func createToken(
        owner: OwnerName, rights: AccessRights, expires: Date?
    ) async throws -> (Token, TokenSecret) {
        let secret = try TokenSecret.generate()
        let digest = secret.digest
        let token = Token(
            id: try TokenSecret.generateIdentifier(), owner: owner, rights: rights, created: Date(), expires: expires,
            lastUsed: nil, revoked: nil)
        try await pool.write { database in
            guard try Self.hasOwner(owner, database) else {
                throw AmxError(
                    .notFound, "cannot make a token: there is no owner \(owner.string)",
                    hint: "add the owner with `amx-hub owner add \(owner.string)`")
            }
            try database.execute(
                sql: """
                    INSERT INTO token (id, owner, lookup, digest, rights, created, expires)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    token.id, owner.string, Self.lookup(digest), Data(digest.bytes), rights.rawValue,
                    Self.seconds(token.created), expires.map(Self.seconds),
                ])
        }
        return (token, secret)
    }

    package func tokens() async throws -> [Token] {
        try await pool.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM token ORDER BY created, id").compactMap(Self.token)
        }
    }

    package func revokeToken(_ id: String) async throws -> Token {
        try await pool.write { database in
            try database.execute(
                sql: "UPDATE token SET revoked = coalesce(revoked, ?) WHERE id = ?",
                arguments: [Self.seconds(Date()), id])
            let row = try Row.fetchOne(database, sql: "SELECT * FROM token WHERE id = ?", arguments: [id])
            guard let token = row.flatMap(Self.token) else {
                throw AmxError(
                    .notFound, "cannot revoke the token \(id): there is none of that id",
                    hint: "list them with `amx-hub token list`")
            }
            return token
        }
    }

    package func validToken(digest: SHA256Digest, at now: Date) async throws -> Token? {
        try await pool.read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT * FROM token WHERE lookup = ?", arguments: [Self.lookup(digest)])
            for row in rows {
                let stored: Data = row["digest"]
                guard let stored = SHA256Digest(bytes: stored), TokenSecret.matches(stored, digest) else { continue }
                guard let token = Self.token(row), token.isValid(at: now) else { return nil }
                return token
            }
            return nil
        }
    }

    package func recordUse(_ times: [String: Date]) async throws {
        try await pool.write { database in
            for (id, time) in times {
                try database.execute(
                    sql: "UPDATE token SET last_used = max(coalesce(last_used, 0), ?) WHERE id = ?",
                    arguments: [Self.seconds(time), id])
            }
        }
    }

    static func hasOwner(_ name: OwnerName, _ database: Database) throws -> Bool {
        try Row.fetchOne(database, sql: "SELECT 1 FROM owner WHERE name = ?", arguments: [name.string]) != nil
    }

    private static func token(_ row: Row) -> Token? {
        guard let owner = try? OwnerName(row["owner"]) else { return nil }
        let expires: Int64? = row["expires"]
        let lastUsed: Int64? = row["last_used"]
        let revoked: Int64? = row["revoked"]
        return Token(
            id: row["id"], owner: owner, rights: AccessRights(rawValue: row["rights"]), created: date(row["created"]),
            expires: expires.map(date), lastUsed: lastUsed.map(date), revoked: revoked.map(date))
    }

    private static func lookup(_ digest: SHA256Digest) -> Data { Data(digest.bytes.prefix(8)) }

    static func seconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded(.down)) }

    static func date(_ seconds: Int64) -> Date { Date(timeIntervalSince1970: TimeInterval(seconds)) }
}
