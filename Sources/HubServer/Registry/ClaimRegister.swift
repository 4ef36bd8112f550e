import Capsules
import Foundation
package import Logging
import Objects

/// Gives each id to the owner whose release of it comes first, and tells whose it is.
///
/// A claim is durable before the release's reference moves, so a release that was acknowledged is never without one, and what a
/// crash leaves is at most a claim without its release, which counts for nothing (`docs/protocol.md`, section 11). Calls block,
/// and come from any thread; one process serves a data directory.
package final class ClaimRegister: Sendable {
    private let claims: any ClaimStore
    private let released: ReleasedIDs
    private let logger: Logger
    // Ids share a fixed number of locks. Whoever takes one may hold that of a repository, and never the other way round.
    private let locks = (0..<256).map { _ in NSLock() }

    package init(_ store: RepositoryStore, _ claims: any ClaimStore, logger: Logger) {
        self.claims = claims
        released = ReleasedIDs(store: store)
        self.logger = logger
    }

    /// The owner that an id by itself means; nil where nobody has claimed it.
    func owner(of id: CapsuleID) throws -> OwnerName? { try claims.claim(of: id)?.owner }

    /// Makes a repository's first release, or a further one: `body` moves the references, after the claim is durable.
    ///
    /// Returns what `body` does, and whether the id is another owner's, which makes this a fork.
    func releasing<Result>(_ address: CapsuleAddress, _ body: () throws -> Result) throws -> (Result, isFork: Bool) {
        try withLock(address.name) {
            let claim = try standing(address.name, for: address.owner)
            let result = try body()
            if let claim, claim.owner == address.owner, !claim.isConfirmed { confirm(claim) }
            return (result, claim?.owner != address.owner)
        }
    }

    /// Takes note of releases that have been seen, however they came.
    func see(_ address: CapsuleAddress) throws {
        if let claim = try claims.claim(of: address.name), claim.isConfirmed || claim.owner != address.owner { return }
        try withLock(address.name) {
            if let claim = try claims.claim(of: address.name) {
                if !claim.isConfirmed { confirm(claim) }
            } else {
                _ = try derived(address.name)
            }
        }
    }

    /// Ends what a killed hub has left half done, and gives ids that nobody has claimed to those who alone have released them.
    ///
    /// Only for a hub that has the data to itself and does not serve yet.
    package func settle() throws {
        for claim in try claims.claims() where !claim.isConfirmed {
            if released.has(claim.address) {
                try claims.confirm(claim.id, of: claim.owner)
            } else {
                try claims.dropProvisional(claim.id, of: claim.owner)
            }
        }
        let known = Set(try claims.claims().map(\.id))
        for (id, owners) in try released.owners(excluding: known) {
            guard let owner = owners.first, owners.count == 1 else {
                tellOpen(id, owners)
                continue
            }
            _ = try claims.add(Claim(id: id, owner: owner, isConfirmed: true))
            logger.info("claimed", metadata: ["id": "\(id)", "owner": "\(owner)"])
        }
    }

    /// The claim that stands while a release of an owner comes; nil where several had releases and nobody has decided.
    private func standing(_ id: CapsuleID, for owner: OwnerName) throws -> Claim? {
        guard let claim = try claims.claim(of: id) else {
            let others = try released.owners(of: id)
            guard others.isEmpty else { return try derived(id, others) }
            return try claims.add(Claim(id: id, owner: owner, isConfirmed: false))
        }
        guard !claim.isConfirmed, claim.owner != owner else { return claim }
        guard !released.has(claim.address) else {
            confirm(claim)
            return claim
        }
        return try claims.replaceProvisional(Claim(id: id, owner: owner, isConfirmed: false), of: claim.owner)
    }

    /// Claims an id for the one owner that has releases of it.
    private func derived(_ id: CapsuleID, _ owners: [OwnerName]? = nil) throws -> Claim? {
        let owners = try owners ?? released.owners(of: id)
        guard let owner = owners.first else { return nil }
        guard owners.count == 1 else {
            tellOpen(id, owners)
            return nil
        }
        return try claims.add(Claim(id: id, owner: owner, isConfirmed: true))
    }

    /// The release is there whether this can be noted or not; the next look notes it again.
    private func confirm(_ claim: Claim) {
        guard released.has(claim.address) else { return }
        do {
            try claims.confirm(claim.id, of: claim.owner)
        } catch {
            logger.warning("a claim could not be confirmed", metadata: ["id": "\(claim.id)", "reason": "\(error)"])
        }
    }

    private func tellOpen(_ id: CapsuleID, _ owners: [OwnerName]) {
        logger.warning(
            "several owners have releases of an id that nobody has claimed: `amx-hub claim move` decides",
            metadata: ["id": "\(id)", "owners": "\(owners.map(\.string).joined(separator: ","))"])
    }

    private func withLock<Result>(_ id: CapsuleID, _ body: () throws -> Result) rethrows -> Result {
        let lock = locks[Int(UInt(bitPattern: id.hashValue) % UInt(locks.count))]
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}
