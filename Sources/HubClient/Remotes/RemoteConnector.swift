package import Capsules
package import Objects

/// Finds the repositories of capsules behind remote addresses, with one network session for all of them.
///
/// The network is not touched, and libcurl not loaded, before the first web address comes. Used by one thread.
package final class RemoteConnector {
    private let environment: (String) -> String?
    private let agent: String
    private let limits: Limits
    private var credentials: CredentialSource?
    private var session: HTTPSession?

    /// Prepares; `environment` gives variables such as `AMX_TOKEN`, `agent` is the client's name, such as `amx/1.0`.
    ///
    /// Connectors of several threads share one source of `credentials`.
    package init(
        environment: @escaping (String) -> String?, agent: String, credentials: CredentialSource? = nil,
        limits: Limits = .standard
    ) {
        self.environment = environment
        self.agent = agent
        self.credentials = credentials
        self.limits = limits
    }

    /// The repository of a capsule in a place: a hub's owner, a server's prefix, a workspace or a folder.
    package func repository(_ id: CapsuleID, at place: RemoteURL) throws(AmxError) -> any RemoteRepository {
        switch place {
        case .path(let path): return LocalRemote(id, in: path, limits: limits)
        case .web(let address):
            return SmartHTTPRemote(
                session: try networkSession(), credentials: try sharedCredentials(),
                address: address.appending("\(id).git"), agent: agent)
        }
    }

    /// The repository that a capsule's own address names, as `amx clone` takes it, with the place that it lies in.
    ///
    /// `.usage` when the address does not end in a capsule's id and `.git`.
    package func repository(
        at address: RemoteURL
    ) throws(AmxError) -> (id: CapsuleID, place: RemoteURL, repository: any RemoteRepository) {
        guard let (place, name) = address.repositoryParts else {
            throw AmxError(
                .usage, "\(address) is not a capsule's address: it does not end in .git",
                hint: "a capsule's address looks like \(address.repository("customer-service"))")
        }
        let id = try CapsuleID(name)
        return (id, place, try repository(id, at: place))
    }

    /// The references of everything in a place, in one request; nil where that cannot be asked.
    ///
    /// Throws only what would fail for every repository there as well. `cacheFolder` is a workspace's.
    package func ownerRefs(at place: RemoteURL, cacheFolder: String?) throws -> OwnerRefs? {
        guard case .web(let address) = place else { return nil }
        return try OwnerRefsRequest(
            session: networkSession(), credentials: sharedCredentials(), place: address, cacheFolder: cacheFolder)?
            .run()
    }

    private func sharedCredentials() throws(AmxError) -> CredentialSource {
        if let credentials { return credentials }
        let new = try CredentialSource(environment: environment)
        credentials = new
        return new
    }

    private func networkSession() throws(AmxError) -> HTTPSession {
        if let session { return session }
        let new = try HTTPSession(settings: HTTPSession.Settings(environment: environment))
        session = new
        return new
    }
}
