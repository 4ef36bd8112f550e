package import Capsules
package import Foundation

/// That an id by itself, without an owner, means one owner's repository.
package struct Claim: Sendable, Hashable {
    package let id: CapsuleID
    package let owner: OwnerName
    /// When it was made, or given to this owner.
    package let time: Date
    /// Whether the release that it was made for has been seen; without, the next release of another owner takes it over.
    package let isConfirmed: Bool

    init(id: CapsuleID, owner: OwnerName, time: Date = Date(), isConfirmed: Bool) {
        self.id = id
        self.owner = owner
        self.time = time
        self.isConfirmed = isConfirmed
    }

    /// The repository that the id means.
    package var address: CapsuleAddress { CapsuleAddress(owner: owner, name: id) }
}
