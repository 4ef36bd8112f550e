import Capsules
import Objects
import Workspaces

/// Brings the objects of releases into a workspace, without making anything visible. A value; calls block.
struct ReleaseFetch: Sendable {
    let workspace: Workspace
    let remotes: [Remote]
    let isOffline: Bool
    let progress: @Sendable (CapsuleID, TransferProgress) -> Void

    /// Brings a release that is not here.
    func bring(_ item: WantedRelease, _ connector: RemoteConnector) throws {
        let place = try RemoteURL(parsing: item.address, relativeTo: workspace.root)
        try KnownPlaces(remotes, relativeTo: workspace.root).check(place, of: item.id)
        guard !isOffline || place.origin == nil else {
            throw AmxError(
                .network, "cannot get \(item.id) \(item.version) from \(item.address) while offline",
                hint: "run the command without --offline")
        }
        _ = try fetch(item.id, from: place, connector)
        guard let repository = try workspace.anyRepository(item.id), repository.contains(item.commit) else {
            throw AmxError(
                .notFound, "\(item.address) does not have the release \(item.version) of \(item.id) any more",
                hint: "run the command again")
        }
    }

    /// Fetches a capsule's branches and releases into the repository that is here, or a new one beside the store; returns its path and
    /// the references there. `.notFound` when the place has no such capsule.
    func fetch(
        _ id: CapsuleID, from place: RemoteURL, _ connector: RemoteConnector
    ) throws -> (path: String, there: RemoteRefs) {
        let remote = try connector.repository(id, at: place)
        let there = try remote.refs()
        if let repository = try workspace.anyRepository(id) {
            if try workspace.heldPlace(id) != .incoming || isAllFrom(place, there, repository) {
                try fetch(id, from: remote, there, at: place, into: repository)
                return (repository.path, there)
            }
            // What waits, and nobody has taken, is in nobody's way.
            let aside = workspace.temporaryRepositoryPath()
            try Directory.renameWithoutReplacing(repository.path, to: aside)
            try? Directory.remove(aside)
            try Directory.remove(workspace.releaseTablePath(id, at: repository.path))
        }
        let path = workspace.temporaryRepositoryPath()
        let repository = try Repository.create(at: path, isTemporary: true)
        let final = workspace.repositoryPath(id, .incoming)
        do {
            try fetch(id, from: remote, there, at: place, into: repository)
            try Directory.syncDeferred(path)
            try Directory.createDurably(workspace.directory(of: .incoming))
            try Directory.renameWithoutReplacing(path, to: final)
            try Directory.syncDeferred(workspace.directory(of: .incoming))
        } catch {
            try? Directory.remove(path)
            // Another process may have been faster.
            guard Directory.exists(final) else { throw error }
        }
        return (final, there)
    }

    /// Under which name the branches of an address are noted.
    func remoteName(of address: String) -> String {
        remotes.first { $0.url == address }?.name ?? ReleasePlaceName.name(of: address)
    }

    /// Whether a repository has only come from a place whose references are these.
    private func isAllFrom(
        _ place: RemoteURL, _ there: RemoteRefs, _ repository: Repository
    ) throws(AmxError) -> Bool {
        let here = try repository.refs.snapshot()
        let own = TrackingRefs(remote: remoteName(of: place.text)).all(in: here).count
        return here.refs(withPrefix: "refs/remotes/").count == own
            && there.tags.allSatisfy { tag in here[tag.name].map { $0.id == tag.id } ?? true }
    }

    private func fetch(
        _ id: CapsuleID, from remote: any RemoteRepository, _ there: RemoteRefs, at place: RemoteURL,
        into repository: Repository
    ) throws {
        let result = try Fetch(
            id, from: remote, named: remoteName(of: place.text), into: repository,
            sightings: ReleaseSightings(workspace, id, from: remote.location)
        ).run(listed: there) { progress(id, $0) }
        // A tag without annotation is no release, and in no release's way; in place of one that is here it is told as what it is.
        let plain = Set(there.tags.filter { $0.peeled == nil }.map(\.name))
        let releases = result.refs.filter { $0.old != nil || !plain.contains($0.ref) }
        if let failure = TransferResult(id: id, refs: releases, head: nil).failure("install") { throw failure }
    }
}
