package import Capsules
import Foundation
import GRDB
import Objects

extension AccountDatabase: ClaimStore {
    package func claim(of id: CapsuleID) throws -> Claim? {
        try telling { try pool.read { try Self.claim(of: id, $0) } }
    }

    package func claims() throws -> [Claim] {
        try telling {
            try pool.read { try Row.fetchAll($0, sql: "SELECT * FROM claim ORDER BY id").compactMap(Self.claim) }
        }
    }

    package func add(_ claim: Claim) throws -> Claim {
        try change(claim.id) { database in
            try database.execute(
                sql: "INSERT INTO claim (id, owner, claimed, confirmed) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [claim.id.string, claim.owner.string, Self.seconds(claim.time), claim.isConfirmed])
        }
    }

    package func replaceProvisional(_ claim: Claim, of former: OwnerName) throws -> Claim {
        try change(claim.id) { database in
            try database.execute(
                sql: """
                    UPDATE claim SET owner = ?, claimed = ?, confirmed = ?
                    WHERE id = ? AND owner = ? AND confirmed = 0
                    """,
                arguments: [
                    claim.owner.string, Self.seconds(claim.time), claim.isConfirmed, claim.id.string, former.string,
                ])
        }
    }

    package func confirm(_ id: CapsuleID, of owner: OwnerName) throws {
        try telling {
            try pool.write { database in
                try database.execute(
                    sql: "UPDATE claim SET confirmed = 1 WHERE id = ? AND owner = ? AND confirmed = 0",
                    arguments: [id.string, owner.string])
            }
        }
    }

    package func dropProvisional(_ id: CapsuleID, of owner: OwnerName) throws {
        try telling {
            try pool.write { database in
                try database.execute(
                    sql: "DELETE FROM claim WHERE id = ? AND owner = ? AND confirmed = 0",
                    arguments: [id.string, owner.string])
            }
        }
    }

    package func move(_ id: CapsuleID, to owner: OwnerName) throws -> Claim {
        try change(id) { database in
            try database.execute(
                sql: """
                    INSERT INTO claim (id, owner, claimed, confirmed) VALUES (?, ?, ?, 1)
                    ON CONFLICT DO UPDATE SET owner = excluded.owner, claimed = excluded.claimed, confirmed = 1
                    """,
                arguments: [id.string, owner.string, Self.seconds(Date())])
        }
    }

    /// Runs a change in one transaction and returns the claim that stands after it.
    private func change(_ id: CapsuleID, _ body: (Database) throws -> Void) throws -> Claim {
        try telling {
            try pool.write { database in
                try body(database)
                guard let claim = try Self.claim(of: id, database) else {
                    throw AmxError(.failure, "cannot use \(path): the claim of \(id) cannot be read")
                }
                return claim
            }
        }
    }

    /// Names the database in an error of it, so that it counts as the hub's own.
    private func telling<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw AmxError(
                .failure, "cannot use \(path): \(error.message ?? "it is damaged")",
                hint: "look for free space, and check the data with `amx-hub fsck`", cause: error)
        }
    }

    private static func claim(of id: CapsuleID, _ database: Database) throws -> Claim? {
        try Row.fetchOne(database, sql: "SELECT * FROM claim WHERE id = ?", arguments: [id.string]).flatMap(claim)
    }

    static func claim(_ row: Row) -> Claim? {
        guard let id = try? CapsuleID(row["id"]), let owner = try? OwnerName(row["owner"]) else { return nil }
        return Claim(id: id, owner: owner, time: date(row["claimed"]), isConfirmed: row["confirmed"])
    }
}
