import Capsules
import Foundation
import HubServer
import Objects
import TestSupport
import Testing

/// Owners, tokens, rights and lifetimes.
@Suite struct AccountTests {
    private func withAccounts(_ body: (AccountDatabase, String) async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("data")
        try await DataDirectory.create(at: path) { try AccountDatabase($0).close() }
        let accounts = try AccountDatabase(DataDirectory(existing: path))
        try await body(accounts, path)
        try accounts.close()
        withExtendedLifetime(folder) {}
    }

    @Test func findsATokenByItsSecretOnly() async throws {
        try await withAccounts { accounts, path in
            let acme = try OwnerName("acme")
            try await accounts.addOwner(acme)
            let (made, secret) = try await accounts.createToken(owner: acme, rights: [.read], expires: nil)
            #expect(secret.text.wholeMatch(of: /amx_[0-9a-f]{64}/) != nil)
            #expect(try await accounts.validToken(digest: secret.digest, at: Date())?.id == made.id)
            #expect(try await accounts.validToken(digest: TokenSecret.generate().digest, at: Date()) == nil)
            // No file holds the secret or a part of it.
            try accounts.close()
            for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix("hub.sqlite") {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))
                #expect(bytes.range(of: Data(secret.text.dropFirst(4).prefix(16).utf8)) == nil)
            }
        }
    }

    @Test func stopsExpiredAndRevokedTokens() async throws {
        try await withAccounts { accounts, _ in
            let acme = try OwnerName("acme")
            try await accounts.addOwner(acme)
            let now = Date()
            let (_, short) = try await accounts.createToken(
                owner: acme, rights: [.read], expires: now.addingTimeInterval(60))
            #expect(try await accounts.validToken(digest: short.digest, at: now) != nil)
            #expect(try await accounts.validToken(digest: short.digest, at: now.addingTimeInterval(61)) == nil)
            let (token, secret) = try await accounts.createToken(owner: acme, rights: [.read], expires: nil)
            let first = try await accounts.revokeToken(token.id).revoked
            #expect(first != nil)
            #expect(try await accounts.revokeToken(token.id).revoked == first)
            #expect(try await accounts.validToken(digest: secret.digest, at: now) == nil)
            await #expect(throws: AmxError.self) { try await accounts.revokeToken("0000000000") }
            #expect(try await accounts.tokens().count == 2)
        }
    }

    @Test func refusesDuplicatesAndStrangers() async throws {
        try await withAccounts { accounts, _ in
            try await accounts.addOwner(OwnerName("acme"))
            let duplicate = await #expect(throws: AmxError.self) { try await accounts.addOwner(OwnerName("acme")) }
            #expect(duplicate?.code == .conflict)
            let stranger = await #expect(throws: AmxError.self) {
                try await accounts.createToken(owner: OwnerName("nobody"), rights: .all, expires: nil)
            }
            #expect(stranger?.code == .notFound)
            #expect(try await accounts.owners().map(\.name.string) == ["acme"])
        }
    }

    @Test func remembersTheLastUse() async throws {
        try await withAccounts { accounts, _ in
            let acme = try OwnerName("acme")
            try await accounts.addOwner(acme)
            let (token, _) = try await accounts.createToken(owner: acme, rights: [.read], expires: nil)
            #expect(token.lastUsed == nil)
            let late = Date(timeIntervalSince1970: 2_000_000_000)
            try await accounts.recordUse([token.id: late])
            try await accounts.recordUse([token.id: late.addingTimeInterval(-100)])
            #expect(try await accounts.tokens().first?.lastUsed == late)
        }
    }

    @Test(arguments: [
        ("read", ["read"]), ("write", ["read", "write"]), ("read,write", ["read", "write"]),
        ("admin", ["read", "write", "admin"]), ("admin,read", ["read", "write", "admin"]),
    ])
    func includesTheLowerRights(text: String, names: [String]) throws {
        #expect(try AccessRights(parsing: text).names == names)
    }

    @Test(arguments: ["", "read,", ",read", "Read", "read write", "root"])
    func refusesUnknownRights(text: String) {
        let error = #expect(throws: AmxError.self) { try AccessRights(parsing: text) }
        #expect(error?.code == .usage)
    }

    @Test(arguments: [("1m", 60), ("12h", 43_200), ("90d", 7_776_000), ("2w", 1_209_600), ("100y", 3_153_600_000)])
    func readsLifetimes(text: String, seconds: Int64) throws {
        #expect(try TokenLifetime(parsing: text).seconds == seconds)
    }

    @Test(arguments: ["", "d", "90", "0d", "-1d", "+1d", "1.5d", "90 d", "101y", "9223372036854775807y", "1D", "१d"])
    func refusesOtherLifetimes(text: String) {
        #expect(throws: AmxError.self) { try TokenLifetime(parsing: text) }
    }

    @Test(arguments: [
        "", "amx_", "amx_00", "amx_" + String(repeating: "G", count: 64), String(repeating: "0", count: 68),
        "amx_" + String(repeating: "A", count: 64), "amx_" + String(repeating: "0", count: 65),
        "amx_" + String(repeating: "é", count: 32),
    ])
    func looksOnlyAtWhatCanBeAToken(text: String) {
        #expect(TokenSecret(presented: text) == nil)
    }
}
