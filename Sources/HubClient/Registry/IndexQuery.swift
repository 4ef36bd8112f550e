package import Capsules
import Objects

/// Names one index of one hub: of an owner's capsule, or of whoever has claimed the id there.
package struct IndexQuery: Sendable, Hashable {
    /// The place that is asked on behalf of, which is a hub's owner: its credential goes along.
    package let place: WebAddress
    /// The hub's own address, without an owner.
    package let hub: WebAddress
    /// The owner; nil for the one that has claimed the id.
    package let owner: OwnerName?
    /// The capsule.
    package let id: CapsuleID

    /// Names the index of a capsule of a place; nil for a place that is no hub's owner by its address.
    package init?(_ id: CapsuleID, at place: RemoteURL) {
        guard let (place, hub, owner) = Self.parts(place) else { return nil }
        (self.place, self.hub, self.owner, self.id) = (place, hub, owner, id)
    }

    /// Names the index of whoever has claimed an id on the hub of a place; nil for a place that is no hub's owner by its address.
    package init?(claimed id: CapsuleID, at place: RemoteURL) {
        guard let (place, hub, _) = Self.parts(place) else { return nil }
        (self.place, self.hub, owner, self.id) = (place, hub, nil, id)
    }

    /// The index's address.
    package var address: WebAddress {
        let path = owner.map { "api/v1/owners/\($0)/capsules/\(id)" } ?? "api/v1/capsules/\(id)"
        return hub.appending("\(path)/\(ReleaseIndex.fileName)")
    }

    /// What is asked for, as people write it.
    package var subject: String { owner.map { "\($0)/\(id)" } ?? id.string }

    private static func parts(_ place: RemoteURL) -> (place: WebAddress, hub: WebAddress, owner: OwnerName)? {
        guard case .web(let address) = place, let slash = address.path.lastIndex(of: "/"),
            let owner = try? OwnerName(String(address.path[address.path.index(after: slash)...]))
        else { return nil }
        let hub = WebAddress(origin: address.origin, path: String(address.path[..<slash]), user: address.user)
        return (address, hub, owner)
    }
}
