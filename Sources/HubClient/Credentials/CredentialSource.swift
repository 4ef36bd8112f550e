package import Objects
import Synchronization

/// Decides which credential, if any, a request carries.
///
/// In this order: `AMX_TOKEN`, the stored token (`amx login`) of the address's nearest folder or of its origin, `.netrc`, git's
/// credential helpers. The first that
/// has one counts; one that is refused is not replaced by the next. `AMX_TOKEN`, `.netrc` and the helpers stand in for the
/// origin that a command addresses, and for no other: a redirect never gets them. The helpers are asked once, and only after
/// the server has asked. For use from several threads.
package final class CredentialSource: Sendable {
    /// The stored tokens.
    package let store: CredentialStore
    private let token: String?
    private let netrc: Netrc?
    private let helper: GitCredentialHelper?
    private let helped = Mutex<[Origin: GitCredentialHelper.Answer?]>([:])

    /// Uses a store, with or without a token that comes before it, and nothing else.
    package init(store: CredentialStore, token: String? = nil) {
        self.store = store
        self.token = token
        netrc = nil
        helper = nil
    }

    /// Uses the current user's store, `AMX_TOKEN`, `.netrc` and git's helpers.
    package init(environment: (String) -> String?) throws(AmxError) {
        let token = environment("AMX_TOKEN") ?? ""
        store = try CredentialStore(environment: environment)
        self.token = token.isEmpty ? nil : token
        netrc = Netrc(environment: environment)
        helper = GitCredentialHelper()
    }

    /// The credential for a request to `origin` on behalf of a command about `address`; nil for an anonymous request.
    ///
    /// Nil too when the origin must not see secrets: then a refusal by the server says that a token is needed.
    package func credential(for origin: Origin, of address: WebAddress) throws(AmxError) -> Credential? {
        guard origin.maySendSecrets else { return nil }
        let isAddressed = origin == address.origin
        let user = isAddressed ? address.user : nil
        if let token, isAddressed { return try Credential(user: user ?? Credential.defaultUser, token: token) }
        if let stored = try store.find(origin, path: isAddressed ? address.path : "") {
            return try user.map { name throws(AmxError) in try Credential(user: name, token: stored.token) } ?? stored
        }
        guard isAddressed else { return nil }
        if let found = try netrc?.find(host: origin.host, user: user) { return found }
        return helped.withLock { $0[origin]??.credential }
    }

    /// The address to log in to when the credential for `address` was refused: that of the stored one, which comes first.
    func loginAddress(for origin: Origin, of address: WebAddress) -> String {
        guard token == nil, origin == address.origin else { return origin.description }
        return (try? store.address(origin, path: address.path)) ?? origin.description
    }

    /// A credential of git's helpers for an origin that has refused an anonymous request; nil when they have none.
    func help(for origin: Origin, of address: WebAddress) throws(AmxError) -> Credential? {
        guard let helper, origin.maySendSecrets, origin == address.origin else { return nil }
        return try helped.withLock { answers throws(AmxError) in
            if let known = answers[origin] { return known?.credential }
            let answer = try helper.fill(origin, of: address)
            answers[origin] = .some(answer)
            return answer?.credential
        }
    }

    /// Tells git's helpers whether the server has taken what they gave.
    func judge(_ credential: Credential, for origin: Origin, isAccepted: Bool) {
        helped.withLock { answers in
            guard let answer = answers[origin] ?? nil, answer.credential == credential else { return }
            helper?.judge(answer, isAccepted: isAccepted)
            if !isAccepted { answers[origin] = .some(nil) }
        }
    }
}
