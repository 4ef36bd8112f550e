package import Capsules
package import Objects
import Versions
package import Workspaces

/// The places that a workspace's requirements can name, and what brings releases from there.
///
/// Used by one thread; calls block.
package final class RemoteReleasePlaces: ReleasePlaces {
    let workspace: Workspace
    let isOffline: Bool
    private let connector: RemoteConnector
    private let progress: (CapsuleID, TransferProgress) -> Void
    private let remotes: [Remote]
    private var places: [String: any ReleasePlace] = [:]

    /// Prepares; with `isOffline`, the network is not used, and what was fetched before answers.
    package init(
        _ workspace: Workspace, _ connector: RemoteConnector, isOffline: Bool = false,
        progress: @escaping (CapsuleID, TransferProgress) -> Void = { _, _ in }
    ) throws(AmxError) {
        self.workspace = workspace
        self.isOffline = isOffline
        self.connector = connector
        self.progress = progress
        remotes = try workspace.remotes()
    }

    package func place(ofRemote name: String?) throws -> any ReleasePlace {
        let remote = try name.map { (name) throws(AmxError) in try workspace.remote(name) } ?? workspace.defaultRemote()
        return try place(at: RemoteURL(parsing: remote.url, relativeTo: workspace.root))
    }

    package func place(at address: String) throws -> any ReleasePlace {
        if let known = places[address] { return known }
        return try place(at: RemoteURL(parsing: address, relativeTo: workspace.root))
    }

    package func place(of owner: OwnerName, beside address: String) throws -> any ReleasePlace {
        let url = try RemoteURL(parsing: address, relativeTo: workspace.root)
        guard let other = url.owned(by: owner) else {
            throw AmxError(
                .failure, "cannot find the owner \(owner): \(address) is not an owner's address on a hub",
                hint: "give the requirement a `remote` whose address ends in an owner's name")
        }
        return try place(at: other)
    }

    private func place(at url: RemoteURL) throws -> any ReleasePlace {
        if let known = places[url.text] { return known }
        let place: any ReleasePlace =
            switch url {
            case .path(let path): FolderPlace(path, in: workspace)
            case .web: ServerPlace(url, self)
            }
        places[url.text] = place
        return place
    }

    // MARK: Fetching

    /// Brings a release's objects to where an operation finds them; nothing when they are there.
    ///
    /// They have passed the checks of a push when this returns, and are durable. A capsule that is not in the workspace yet waits in
    /// `HeldRepository.incoming`.
    package func bring(_ id: CapsuleID, _ release: Release, from address: String) throws {
        try bring(id, release.version.text, release.commit, from: address)
    }

    /// Brings what a lock names; the same as for a release.
    package func bring(_ entry: LockedCapsule, from address: String) throws {
        try bring(entry.id, entry.version.text, entry.commit, from: address)
    }

    private func bring(_ id: CapsuleID, _ version: String, _ commit: ObjectID, from address: String) throws {
        if let repository = try workspace.anyRepository(id), repository.contains(commit) { return }
        guard !isOffline || !address.contains("://") else {
            throw AmxError(
                .network, "cannot get \(id) \(version) from \(address) while offline",
                hint: "run the command without --offline")
        }
        _ = try fetch(id, from: RemoteURL(parsing: address, relativeTo: workspace.root))
        guard let repository = try workspace.anyRepository(id), repository.contains(commit) else {
            throw AmxError(
                .notFound, "\(address) does not have the release \(version) of \(id) any more",
                hint: "run the command again")
        }
    }

    /// Fetches a capsule's branches and releases, and returns the path of its repository and the references there.
    ///
    /// `.notFound` when the place has no such capsule.
    func fetch(_ id: CapsuleID, from place: RemoteURL) throws -> (path: String, there: RemoteRefs) {
        let remote = try connector.repository(id, at: place)
        let there = try remote.refs()
        if let repository = try workspace.anyRepository(id) {
            try fetch(id, from: remote, at: place, into: repository)
            return (repository.path, there)
        }
        let path = workspace.temporaryRepositoryPath()
        let repository = try Repository.create(at: path, isTemporary: true)
        let final = workspace.repositoryPath(id, .incoming)
        do {
            try fetch(id, from: remote, at: place, into: repository)
            try Directory.syncDeferred(path)
            try Directory.createDurably(workspace.directory(of: .incoming))
            try Directory.renameWithoutReplacing(path, to: final)
            try Directory.sync(workspace.directory(of: .incoming))
        } catch {
            try? Directory.remove(path)
            // Another process may have been faster.
            guard Directory.exists(final) else { throw error }
        }
        return (final, there)
    }

    private func fetch(
        _ id: CapsuleID, from remote: any RemoteRepository, at place: RemoteURL, into repository: Repository
    ) throws {
        let name = remotes.first { $0.url == place.text }?.name ?? "releases"
        let result = try Fetch(
            id, from: remote, named: name, into: repository,
            sightings: ReleaseSightings(workspace, id, from: remote.location)
        ).run { progress(id, $0) }
        if let failure = result.failure("install") { throw failure }
    }
}

extension RemoteURL {
    /// The address of another owner on the same hub; nil for what is no hub's owner.
    func owned(by owner: OwnerName) -> RemoteURL? {
        guard case .web(let address) = self, let slash = address.path.lastIndex(of: "/") else { return nil }
        let base = String(address.path[..<slash])
        return .web(
            WebAddress(origin: address.origin, path: base, user: address.user).appending(owner.string))
    }
}
