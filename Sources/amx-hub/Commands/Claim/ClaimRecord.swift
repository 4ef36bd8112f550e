import Capsules
import Foundation
import HubServer

/// A claim as JSON shows it.
struct ClaimRecord: Encodable {
    let id: String
    let owner: String
    let address: String
    let claimed: Date
    /// Whether the release that it was made for has been seen.
    let confirmed: Bool

    init(_ claim: Claim) {
        id = claim.id.string
        owner = claim.owner.string
        address = "\(claim.address)"
        claimed = claim.time
        confirmed = claim.isConfirmed
    }
}
