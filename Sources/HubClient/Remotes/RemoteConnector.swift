package import Capsules
package import Objects
import Workspaces

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

    /// The repository of a capsule, or of the workspace with that name, in a place: a hub's owner, a server's prefix, a
    /// workspace or a folder.
    package func repository(
        _ id: CapsuleID, at place: RemoteURL, kind: RepositoryKind = .capsule
    ) throws(AmxError) -> any RemoteRepository {
        switch place {
        case .path(let path): return LocalRemote(id, in: path, kind: kind, limits: limits)
        case .web(let address): return try repository(id, at: address)
        }
    }

    /// The repository of a capsule behind a web address.
    func repository(_ id: CapsuleID, at address: WebAddress) throws(AmxError) -> SmartHTTPRemote {
        SmartHTTPRemote(
            session: try networkSession(), credentials: try sharedCredentials(),
            address: address.appending("\(id).git"), agent: agent, kept: keptPacks)
    }

    /// The repository that an address of its own names, as `amx clone` takes it, with the place that it lies in: a capsule's or
    /// a workspace's, with or without `.git`, or the path of a workspace.
    ///
    /// `.usage` when the address does not end in a name.
    package func repository(
        at address: RemoteURL
    ) throws(AmxError) -> (id: CapsuleID, place: RemoteURL, repository: any RemoteRepository) {
        if case .path(let path) = address, Directory.isDirectory("\(path)/.aimatrix/store") {
            let id = try Workspace(root: path).files().id
            return (id, address, try repository(id, at: address, kind: .workspace))
        }
        guard let (place, name) = address.repositoryParts ?? address.withGitSuffix?.repositoryParts else {
            throw AmxError(
                .usage, "\(address) is not the address of a capsule or workspace",
                hint: "such an address looks like \(address.repository("customer-service"))")
        }
        let id = try CapsuleID(name)
        return (id, place, try repository(id, at: place))
    }

    /// The references of everything in a place, in one request; nil where that cannot be asked.
    ///
    /// Throws only what would fail for every repository there as well, or with `isOnlySource`, where none will be asked, whatever
    /// went wrong. `cacheFolder` is a workspace's.
    package func ownerRefs(at place: RemoteURL, cacheFolder: String?, isOnlySource: Bool = false) throws -> OwnerRefs? {
        guard case .web(let address) = place else { return nil }
        return try OwnerRefsRequest(
            session: networkSession(), credentials: sharedCredentials(), place: address, cacheFolder: cacheFolder)?
            .run(isOnlySource: isOnlySource)
    }

    /// Where packs that break off are kept: below the user's folder of caches, where there is one.
    private var keptPacks: KeptPacks? {
        // A relative XDG path is to be ignored (XDG base directory specification).
        if let folder = environment("XDG_CACHE_HOME"), folder.hasPrefix("/") {
            return KeptPacks(in: "\(folder)/amx/transfers")
        }
        guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
        return KeptPacks(in: "\(home)/.cache/amx/transfers")
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
