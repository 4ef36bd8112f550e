package import Capsules
import Objects

/// All claims of a hub with the forks of each, and the ids that are open.
package struct ClaimListing: Sendable {
    /// A claim, and who else has releases of the id.
    package struct Entry: Sendable {
        package let claim: Claim
        package let forks: [OwnerName]
    }

    /// The claims by id.
    package let entries: [Entry]
    /// The ids without a claim of which several owners have releases, or one whose hub has not looked since; by id.
    package let open: [(id: CapsuleID, owners: [OwnerName])]

    /// Looks at a data directory; blocks.
    package init(_ directory: DataDirectory, _ claims: any ClaimStore) throws {
        let owners = try ReleasedIDs(store: RepositoryStore(directory)).owners(excluding: [])
        let all = try claims.claims()
        entries = all.map { claim in
            Entry(claim: claim, forks: (owners[claim.id] ?? []).filter { $0 != claim.owner })
        }
        let known = Set(all.map(\.id))
        open = owners.filter { !known.contains($0.key) }.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }
}

extension ClaimStore {
    /// Gives an id to an owner that has a release of it; `.notFound` where it has none. Blocks.
    package func move(
        _ id: CapsuleID, to owner: OwnerName, in directory: DataDirectory
    ) throws -> (claim: Claim, former: OwnerName?) {
        let address = CapsuleAddress(owner: owner, name: id)
        guard ReleasedIDs(store: RepositoryStore(directory)).has(address) else {
            throw AmxError(
                .notFound, "cannot give \(id) to \(owner): there is no release of \(address)",
                hint: "an id means a repository with releases: push one to \(address) first")
        }
        let former = try claim(of: id)
        return (try move(id, to: owner), former?.owner)
    }
}
