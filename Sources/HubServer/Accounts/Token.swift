package import Capsules
package import Foundation

/// What a hub knows of a token; the secret itself is not part of it.
package struct Token: Sendable, Hashable {
    /// The public name.
    package let id: String
    /// The owner in whose name it acts.
    package let owner: OwnerName
    package let rights: AccessRights
    package let created: Date
    /// When it stops working by itself; nil for never.
    package let expires: Date?
    /// About when it was last presented, to the minute; nil for never.
    package let lastUsed: Date?
    /// When it was revoked; nil while it works.
    package let revoked: Date?

    /// Whether it opens anything at a moment.
    package func isValid(at now: Date) -> Bool {
        revoked == nil && expires.map { now < $0 } ?? true
    }
}
