package import Capsules

/// Who gets events, as it is named where it did not get all of them.
package enum EventSubscriber: Hashable, Sendable {
    case capsule(CapsuleID)
    /// A subscription, by the name that it was made with.
    case subscription(String)

    var kind: String {
        switch self {
        case .capsule: "capsule"
        case .subscription: "subscription"
        }
    }

    var name: String {
        switch self {
        case .capsule(let id): id.string
        case .subscription(let name): name
        }
    }
}
