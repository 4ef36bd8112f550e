package import Capsules
package import Objects

/// The releases that a hub's owner offers, by the indexes of the hub.
///
/// An id that the owner does not have is looked up by itself: then its releases are those of the owner that has claimed it there,
/// under the name of a source that `claimed` makes of that owner's. For several threads; calls block.
package final class HubReleases: ReleaseSource {
    private let client: RegistryClient
    private let place: RemoteURL
    private let source: String
    private let claimed: (@Sendable (OwnerName) -> String)?

    /// Offers the releases of a place as those of `source`; without `claimed`, of the place's own owner only.
    package init(
        _ client: RegistryClient, at place: RemoteURL, source: String,
        claimed: (@Sendable (OwnerName) -> String)? = nil
    ) {
        self.client = client
        self.place = place
        self.source = source
        self.claimed = claimed
    }

    /// What is offered of a capsule; `.notFound` with ``NoRegistry`` as its cause where the server is no hub.
    package func releases(of id: CapsuleID) throws(AmxError) -> [OfferedReleases] {
        guard let query = IndexQuery(id, at: place) else { throw noRegistry }
        switch client.index(query) {
        case .found(let index, _): return offer(index, source)
        case .unsupported: throw noRegistry
        case .failed(let error): throw error
        case .missing: break
        }
        guard let claimed, let query = IndexQuery(claimed: id, at: place) else { return [] }
        switch client.index(query) {
        case .found(let index, _): return offer(index, claimed(index.owner))
        case .failed(let error): throw error
        case .missing, .unsupported: return []
        }
    }

    /// Asks for the indexes of these capsules at once; failures come when they are asked for.
    package func prefetch(_ ids: [CapsuleID]) {
        let answers = client.indexes(ids.compactMap { IndexQuery($0, at: place) })
        guard claimed != nil else { return }
        let missing = zip(ids, answers).compactMap { id, answer in
            if case .missing = answer { IndexQuery(claimed: id, at: place) } else { nil }
        }
        if !missing.isEmpty { _ = client.indexes(missing) }
    }

    private func offer(_ index: ReleaseIndex, _ source: String) -> [OfferedReleases] {
        index.releases.isEmpty ? [] : [OfferedReleases(source: source, releases: index.releases)]
    }

    private var noRegistry: AmxError {
        AmxError(
            .notFound, "cannot read the releases of \(place): it is not a hub",
            hint: "its repositories have to be asked, one by one", cause: NoRegistry())
    }
}

/// Marks, as the cause of an error, that a server is no hub: its releases are read from its repositories.
package struct NoRegistry: Error {}
