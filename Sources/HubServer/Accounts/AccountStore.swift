package import Capsules
package import Foundation
package import Objects

/// Keeps a hub's owners and tokens.
///
/// The embedded hub keeps them in SQLite (``AccountDatabase``); several processes on one PostgreSQL database would
/// implement the same. Every call is durable when it returns. Safe to use from any task.
package protocol AccountStore: Sendable {
    /// Adds an owner; `.conflict` when there is one of that name.
    func addOwner(_ name: OwnerName) async throws
    /// All owners by name.
    func owners() async throws -> [Owner]
    /// Whether there is an owner of that name.
    func hasOwner(_ name: OwnerName) async throws -> Bool
    /// Makes a token for an existing owner and returns its secret, the only time that it can be seen.
    func createToken(owner: OwnerName, rights: AccessRights, expires: Date?) async throws -> (Token, TokenSecret)
    /// Every token, oldest first, the expired and revoked ones too.
    func tokens() async throws -> [Token]
    /// Revokes a token at once; `.notFound` for an unknown id. Revoking again changes nothing.
    func revokeToken(_ id: String) async throws -> Token
    /// The token with this digest if it works at `now`; nil for unknown, expired and revoked ones.
    func validToken(digest: SHA256Digest, at now: Date) async throws -> Token?
    /// Remembers when tokens were last presented; later times win.
    func recordUse(_ times: [String: Date]) async throws
}
