import Capsules
import Objects
import Workspaces

/// A place behind a network: a hub's owner, whose indexes tell what there is, or any git server's prefix, whose tags do.
final class ServerPlace: ReleasePlace {
    let address: String
    private let url: RemoteURL
    // The places own this one.
    private unowned let places: RemoteReleasePlaces
    private var known: [CapsuleID: Result<FoundReleases?, any Error>] = [:]
    /// Those that are known: kept beside, since the whole of it is handed on at each question.
    private var knownIDs: Set<CapsuleID> = []

    init(_ url: RemoteURL, _ places: RemoteReleasePlaces) {
        address = url.text
        self.url = url
        self.places = places
    }

    /// Asks for all of these at once; what cannot be answered is told when it is asked for.
    ///
    /// A hub is asked for its indexes. A git server is asked for its tags, also of what these capsules need.
    func prefetch(_ ids: [CapsuleID]) {
        guard !places.isOffline else { return }
        let unknown = ids.filter { known[$0] == nil }
        guard !unknown.isEmpty, let plain = try? askHub(for: unknown), !plain.isEmpty else { return }
        askGit(for: plain)
    }

    /// Asks a hub for indexes, which the registry remembers, and returns those capsules that no hub answers for.
    private func askHub(for ids: [CapsuleID]) throws -> [CapsuleID] {
        let queries = ids.compactMap { IndexQuery($0, at: url) }
        // The address is that of a hub's owner, or it is not.
        guard !queries.isEmpty else { return ids }
        let registry = try places.registry()
        var claims: [IndexQuery] = []
        var plain: [CapsuleID] = []
        for (query, answer) in zip(queries, registry.indexes(queries)) {
            switch answer {
            case .missing: if let claim = IndexQuery(claimed: query.id, at: url) { claims.append(claim) }
            case .unsupported: plain.append(query.id)
            case .found, .failed: continue
            }
        }
        if !claims.isEmpty { _ = registry.indexes(claims) }
        return plain
    }

    private func askGit(for ids: [CapsuleID]) {
        for (id, answer) in places.git().releases(of: ids, at: url, skipping: [places.settled, knownIDs]) {
            keep(answer.map { releases in releases.map { FoundReleases(at: address, $0) } }, of: id)
        }
    }

    private func keep(_ answer: Result<FoundReleases?, any Error>, of id: CapsuleID) {
        known[id] = answer
        knownIDs.insert(id)
    }

    func releases(of id: CapsuleID) throws -> FoundReleases? {
        if let answer = known[id] { return try answer.get() }
        let answer = try look(id)
        keep(.success(answer), of: id)
        return answer
    }

    /// Fetches a release that states no digest, so that it can be counted; of others, the index has said enough.
    func content(of id: CapsuleID, _ release: Release) throws -> ReleaseContent? {
        guard release.digest == nil, !places.isOffline else { return nil }
        let place = if let found = try known[id]?.get() { try owned(found) } else { url }
        let (path, _) = try places.fetch(id, from: place)
        return try ReleaseContent(
            release, of: places.workspace.capsule(id), in: try Repository(opening: path))
    }

    /// Fetches all that ``content(of:_:)`` would, several at a time.
    func prefetchContent(_ releases: [(id: CapsuleID, release: Release)]) {
        guard !places.isOffline else { return }
        let wanted = releases.filter { $0.release.digest == nil }.map { id, release in
            WantedRelease(id, release, at: (try? known[id]?.get())?.address ?? address)
        }
        try? places.bring(wanted)
    }

    private func look(_ id: CapsuleID) throws -> FoundReleases? {
        guard !places.isOffline else { return try kept(id) }
        if let query = IndexQuery(id, at: url) {
            switch try places.registry().index(query) {
            case .found(let index, _): return FoundReleases(at: address, index.releases)
            case .missing: return try claimed(id)
            case .failed(let error): throw error
            case .unsupported: break
            }
        }
        askGit(for: [id])
        return try known[id]?.get() ?? nil
    }

    /// What the hub has of an id that this owner does not have: the capsule of whoever has claimed it.
    private func claimed(_ id: CapsuleID) throws -> FoundReleases? {
        guard let query = IndexQuery(claimed: id, at: url) else { return nil }
        switch try places.registry().index(query) {
        case .found(let index, _):
            guard let owned = url.owned(by: index.owner) else { return nil }
            return FoundReleases(at: owned.text, index.releases)
        case .failed(let error): throw error
        case .missing, .unsupported: return nil
        }
    }

    /// What is known without the network: the releases that were fetched from there, and what the hub said the last time.
    private func kept(_ id: CapsuleID) throws -> FoundReleases? {
        var said: FoundReleases?
        for query in [IndexQuery(id, at: url), IndexQuery(claimed: id, at: url)] where said == nil {
            guard let query, case .found(let index, _) = try places.registry().index(query),
                let owned = url.owned(by: index.owner)
            else { continue }
            said = FoundReleases(at: owned.text, index.releases)
        }
        if said == nil, let kept = places.git().kept(id, at: url) {
            places.note(age: kept.age)
            return FoundReleases(at: address, kept.releases)
        }
        guard let repository = try places.workspace.anyRepository(id) else { return said }
        let told = Dictionary((said?.releases ?? []).map { ($0.tag, $0.isYanked) }, uniquingKeysWith: { $0 || $1 })
        let address = said?.address ?? address
        let branches = try places.branches(of: repository, at: address)
        let locked = try locked(id, at: address)
        let walk = CommitWalk(repository)
        var releases: [Release] = []
        for var release in try read(id, repository.path) {
            if let isYanked = told[release.tag] {
                release.isYanked = isYanked
            } else {
                // What other places have is none of this one's.
                var isOurs = release.commit == locked
                for branch in branches where !isOurs { isOurs = try walk.isAncestor(release.commit, of: branch) }
                guard isOurs else { continue }
            }
            releases.append(release)
        }
        return said == nil && releases.isEmpty ? nil : FoundReleases(at: address, releases)
    }

    /// The commit that the lock names from an address: what has come in a bundle has no branches there.
    private func locked(_ id: CapsuleID, at address: String) throws(AmxError) -> ObjectID? {
        guard let entry = try places.workspace.lock()?[id], entry.isRelease else { return nil }
        return switch entry.source {
        case .workspace: (try? places.place(ofRemote: nil).address) == address ? entry.commit : nil
        case .address(let text): text == address ? entry.commit : nil
        }
    }

    /// Where what was found lies: here, or at another owner of the same hub.
    private func owned(_ found: FoundReleases) throws(AmxError) -> RemoteURL {
        found.address == address
            ? url : try RemoteURL(parsing: found.address, relativeTo: places.workspace.root)
    }

    private func read(_ id: CapsuleID, _ path: String) throws(AmxError) -> [Release] {
        try ReleaseReader(id).releases(in: path, table: places.workspace.releaseTablePath(id, at: path))
    }
}
