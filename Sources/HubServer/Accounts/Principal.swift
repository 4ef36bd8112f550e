import Capsules

/// Who a request speaks for.
enum Principal: Sendable {
    /// No credentials were presented.
    case anonymous
    /// A working token was presented.
    case holder(Token)

    /// The owner that a token belongs to.
    var owner: OwnerName? {
        guard case .holder(let token) = self else { return nil }
        return token.owner
    }
}
