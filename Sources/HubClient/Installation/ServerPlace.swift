import Capsules
import Objects
import Workspaces

/// A place behind a network: a hub's owner, or any git server's prefix.
final class ServerPlace: ReleasePlace {
    let address: String
    private let url: RemoteURL
    // The places own this one.
    private unowned let places: RemoteReleasePlaces
    private var known: [CapsuleID: FoundReleases?] = [:]

    init(_ url: RemoteURL, _ places: RemoteReleasePlaces) {
        address = url.text
        self.url = url
        self.places = places
    }

    func prefetch(_ ids: [CapsuleID]) {
        guard let registry = try? places.registry() else { return }
        let queries = ids.filter { known[$0] == nil }.compactMap { IndexQuery($0, at: url) }
        if !queries.isEmpty { _ = registry.indexes(queries) }
    }

    func releases(of id: CapsuleID) throws -> FoundReleases? {
        if let answer = known[id] { return answer }
        let answer = try look(id)
        known[id] = .some(answer)
        return answer
    }

    /// Asks the hub's index, that of whoever has claimed the id when this owner does not have it, or, of a server that is no hub, the
    /// repository itself.
    private func look(_ id: CapsuleID) throws -> FoundReleases? {
        guard let query = IndexQuery(id, at: url) else { return try fetched(id) }
        let registry = try places.registry()
        switch registry.index(query) {
        case .found(let index, _): return FoundReleases(at: address, index.releases)
        case .unsupported: return try fetched(id)
        case .failed(let error): return try offline(id) ?? { throw error }()
        case .missing: break
        }
        guard let query = IndexQuery(claimed: id, at: url) else { return nil }
        switch registry.index(query) {
        case .found(let index, _):
            guard let owned = url.owned(by: index.owner) else { return nil }
            return FoundReleases(at: owned.text, index.releases)
        case .missing, .unsupported: return nil
        case .failed(let error): throw error
        }
    }

    /// What was fetched before, where only that may be used; nil elsewhere, and where there is nothing.
    private func offline(_ id: CapsuleID) throws -> FoundReleases? {
        guard places.isOffline, let path = try places.workspace.anyRepository(id)?.path else { return nil }
        return FoundReleases(at: address, try read(id, path))
    }

    private func fetched(_ id: CapsuleID) throws -> FoundReleases? {
        guard !places.isOffline else { return try offline(id) }
        do {
            let (path, there) = try places.fetch(id, from: url)
            // What other places have is none of this one's.
            let offered = Set(there.tags.map(\.id))
            return FoundReleases(at: address, try read(id, path).filter { offered.contains($0.tag) })
        } catch let error as AmxError where error.code == .notFound {
            return nil
        }
    }

    private func read(_ id: CapsuleID, _ path: String) throws(AmxError) -> [Release] {
        try ReleaseReader(id).releases(in: path, table: places.workspace.releaseTablePath(id, at: path))
    }
}
