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

    func prefetch(_ ids: [CapsuleID]) {}

    func releases(of id: CapsuleID) throws -> FoundReleases? {
        if let answer = known[id] { return answer }
        let answer = try look(id)
        known[id] = .some(answer)
        return answer
    }

    private func look(_ id: CapsuleID) throws -> FoundReleases? {
        let workspace = places.workspace
        guard !places.isOffline else {
            guard let path = try workspace.anyRepository(id)?.path else { return nil }
            return FoundReleases(at: address, try read(id, path))
        }
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
