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
}
