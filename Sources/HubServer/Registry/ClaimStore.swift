package import Capsules

/// Keeps which owner has claimed which id.
///
/// Every change is durable when it returns, and is made or not made as a whole, whoever else changes the same. Calls block, and come
/// from any thread.
package protocol ClaimStore: Sendable {
    /// The claim of an id; nil for none.
    func claim(of id: CapsuleID) throws -> Claim?
    /// All claims by id.
    func claims() throws -> [Claim]
    /// Makes a claim unless there is one; returns the one that stands.
    func add(_ claim: Claim) throws -> Claim
    /// Replaces a claim that is still provisional, and is still this owner's; returns the one that stands.
    func replaceProvisional(_ claim: Claim, of former: OwnerName) throws -> Claim
    /// Says that a claim's release has been seen; nothing when the claim is another owner's by now.
    func confirm(_ id: CapsuleID, of owner: OwnerName) throws
    /// Removes a claim that is still provisional, and is still this owner's.
    func dropProvisional(_ id: CapsuleID, of owner: OwnerName) throws
    /// Gives an id to an owner, whoever had it.
    func move(_ id: CapsuleID, to owner: OwnerName) throws -> Claim
}
