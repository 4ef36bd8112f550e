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
        if let file = FileSource(item.address) { return try bring(item, of: file, connector) }
        let place = try RemoteURL(parsing: item.address, relativeTo: workspace.root)
        try KnownPlaces(remotes, relativeTo: workspace.root).check(place, of: item.id)
        guard !isOffline || place.origin == nil else {
            throw AmxError(
                .network, "cannot get \(item.id) \(item.version) from \(item.address) while offline",
                hint: "run the command without --offline")
        }
        _ = try fetch(item.id, from: place, connector)
        try checkHere(item)
    }

    /// Brings a release of a bundle, which stands for its place.
    func bring(_ item: WantedRelease, of bundle: BundleStore, _ connector: RemoteConnector) throws {
        _ = try fetch(
            item.id, from: .path(bundle.folder), connector, named: ReleasePlaceName.name(of: item.address),
            seenAt: bundle.reader.path, isSigned: FileSource(item.address) == nil)
        try checkHere(item)
    }

    /// Brings a release of a file, which is signed beside it.
    private func bring(_ item: WantedRelease, of file: FileSource, _ connector: RemoteConnector) throws {
        let release = try FileRelease(file, in: workspace)
        if release.id == item.id {
            try workspace.checkSignature(of: file, release)
            _ = try fetch(item.id, from: .path(release.folder), connector, isSigned: false)
        }
        try checkHere(item)
    }

    private func checkHere(_ item: WantedRelease) throws(AmxError) {
        guard let repository = try workspace.anyRepository(item.id), repository.contains(item.commit) else {
            throw AmxError(
                .notFound, "\(item.address) does not have the release \(item.version) of \(item.id) any more",
                hint: "run the command again")
        }
    }

    /// Fetches a capsule's branches and releases into the repository that is here, or a new one beside the store; returns its path and
    /// the references there. `.notFound` when the place has no such capsule. Signatures are held against the policy, unless it is known that
    /// there are none. `name` is what the place's branches are noted under, and `location` what its keys are, where that is not its own.
    func fetch(
        _ id: CapsuleID, from place: RemoteURL, _ connector: RemoteConnector, named name: String? = nil,
        seenAt location: String? = nil, isSigned: Bool = true
    ) throws -> (path: String, there: RemoteRefs) {
        let name = name ?? remoteName(of: place.text)
        let remote = try connector.repository(id, at: place)
        let there = try remote.refs()
        if let repository = try workspace.anyRepository(id) {
            let held = workspace.heldPlace(id)
            if held == .removed { try forgetMade(in: repository, others: there) }
            if try held != .incoming || isAllFrom(name, there, repository) {
                try fetch(id, from: remote, there, named: name, seenAt: location, into: repository, isSigned: isSigned)
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
            try fetch(id, from: remote, there, named: name, seenAt: location, into: repository, isSigned: isSigned)
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

    /// Forgets the releases of a removed capsule that were made of files, where the other side has some of the same names.
    private func forgetMade(in repository: Repository, others there: RemoteRefs) throws(AmxError) {
        let here = try repository.refs.snapshot()
        let made = there.tags.compactMap { tag in
            here[tag.name].flatMap { $0.id != tag.id && FileRelease.isMade($0, in: repository) ? $0 : nil }
        }
        guard !made.isEmpty else { return }
        try repository.refs.commit(made.map { RefUpdate($0.name, expected: .id($0.id), new: nil) })
    }

    /// Under which name the branches of an address are noted.
    func remoteName(of address: String) -> String {
        remotes.first { $0.url == address }?.name ?? ReleasePlaceName.name(of: address)
    }

    /// Whether a repository has only come from a place whose references are these, and whose branches have this name.
    private func isAllFrom(
        _ name: String, _ there: RemoteRefs, _ repository: Repository
    ) throws(AmxError) -> Bool {
        let here = try repository.refs.snapshot()
        let own = TrackingRefs(remote: name).all(in: here).count
        return here.refs(withPrefix: "refs/remotes/").count == own
            && there.tags.allSatisfy { tag in here[tag.name].map { $0.id == tag.id } ?? true }
    }

    private func fetch(
        _ id: CapsuleID, from remote: any RemoteRepository, _ there: RemoteRefs, named name: String,
        seenAt location: String?, into repository: Repository, isSigned: Bool
    ) throws {
        let result = try Fetch(
            id, from: remote, named: name, into: repository,
            sightings: isSigned ? ReleaseSightings(workspace, id, from: location ?? remote.location) : nil
        ).run(listed: there) { progress(id, $0) }
        // A tag without annotation is no release, and in no release's way; in place of one that is here it is told as what it is.
        let plain = Set(there.tags.filter { $0.peeled == nil }.map(\.name))
        var releases = result.refs.filter { $0.old != nil || !plain.contains($0.ref) }
        // Nor is what was made of a file here; should it be what is wanted, that is not here.
        if isSigned, releases.contains(where: { $0.rejection != nil }) {
            let here = try repository.refs.snapshot()
            releases.removeAll { outcome in
                outcome.rejection != nil && here[outcome.ref].map { FileRelease.isMade($0, in: repository) } ?? false
            }
        }
        if let failure = TransferResult(id: id, refs: releases, head: nil).failure("install") { throw failure }
    }
}
