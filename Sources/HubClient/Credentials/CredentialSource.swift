package import Objects

/// Decides which token, if any, a request carries.
///
/// `AMX_TOKEN` stands in for the stored token of the origin that a command addresses, and of no other: a redirect never
/// gets it.
package struct CredentialSource: Sendable {
    /// The stored tokens.
    package let store: CredentialStore
    private let token: String?

    /// Uses a store, with or without a token that comes before it.
    package init(store: CredentialStore, token: String? = nil) {
        self.store = store
        self.token = token
    }

    /// Uses the current user's store and `AMX_TOKEN`.
    package init(environment: (String) -> String?) throws(AmxError) {
        let token = environment("AMX_TOKEN") ?? ""
        try self.init(store: CredentialStore(environment: environment), token: token.isEmpty ? nil : token)
    }

    /// The credential for a request to `origin` on behalf of a command about `address`; nil for an anonymous request.
    ///
    /// Nil too when the origin must not see secrets: then a refusal by the server says that a token is needed.
    package func credential(for origin: Origin, of address: WebAddress) throws(AmxError) -> Credential? {
        guard origin.maySendSecrets else { return nil }
        let isAddressed = origin == address.origin
        let user = isAddressed ? address.user : nil
        if let token, isAddressed { return try Credential(user: user ?? Credential.defaultUser, token: token) }
        guard let stored = try store.find(origin) else { return nil }
        return try user.map { name throws(AmxError) in try Credential(user: name, token: stored.token) } ?? stored
    }
}
