import Capsules
import Foundation
import HubServer

/// A token as `--json` shows it; `token` stands only in the answer that made it.
struct TokenRecord: Encodable {
    let id: String
    let owner: String
    let rights: [String]
    let created: Date
    let expires: Date?
    let lastUsed: Date?
    let revoked: Date?
    let token: String?

    init(_ token: Token, secret: TokenSecret? = nil) {
        id = token.id
        owner = token.owner.string
        rights = token.rights.names
        created = token.created
        expires = token.expires
        lastUsed = token.lastUsed
        revoked = token.revoked
        self.token = secret?.text
    }

    private enum CodingKeys: CodingKey { case id, owner, rights, created, expires, lastUsed, revoked, token }

    /// Every key but `token` is always there, with null where there is nothing.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(owner, forKey: .owner)
        try fields.encode(rights, forKey: .rights)
        try fields.encode(created, forKey: .created)
        try fields.encode(expires, forKey: .expires)
        try fields.encode(lastUsed, forKey: .lastUsed)
        try fields.encode(revoked, forKey: .revoked)
        try fields.encodeIfPresent(token, forKey: .token)
    }
}
