import Capsules

/// Decides what a request may do; pure.
struct AccessPolicy: Sendable {
    /// Whether everybody may read everything, without a token.
    let publicRead: Bool

    /// The answer to a wish.
    enum Decision: Sendable, Hashable {
        case allowed
        /// Credentials might help: answer 401.
        case unauthenticated
        /// The holder may not know that this exists: answer 404.
        case hidden
        /// The holder may see it, but not do this: answer 403.
        case forbidden
    }

    /// Whether the principal may do something to an owner's repositories.
    ///
    /// For anonymous requests the answer never depends on what exists.
    func decide(_ principal: Principal, _ wish: AccessRights, owner: OwnerName) -> Decision {
        switch principal {
        case .anonymous:
            return publicRead && wish == .read ? .allowed : .unauthenticated
        case .holder(let token):
            let own: AccessRights = token.owner == owner ? token.rights : []
            if own.isSuperset(of: wish) || (publicRead && wish == .read) { return .allowed }
            return publicRead || own.contains(.read) ? .forbidden : .hidden
        }
    }
}
