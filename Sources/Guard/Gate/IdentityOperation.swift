package import Capsules

/// What is done with the identities of users (row S-083).
package enum IdentityOperation: String, Hashable, Sendable, CaseIterable {
    case resolve
    case link
    case unlink
    case listLinks
    case createUser

    /// What it needs; a capsule that has what includes that may do it, too.
    package var needs: Capabilities.Identity {
        switch self {
        case .resolve: .resolve
        case .link, .unlink, .listLinks: .link
        case .createUser: .admin
        }
    }
}

extension Capabilities.Identity {
    /// Whether it includes another: `admin` all, `link` also `resolve`.
    package func includes(_ other: Capabilities.Identity) -> Bool {
        switch self {
        case .admin: true
        case .link: other != .admin
        case .resolve: other == .resolve
        }
    }
}
