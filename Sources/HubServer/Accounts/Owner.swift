package import Capsules
package import Foundation

/// A user or organisation that has repositories on a hub.
package struct Owner: Sendable, Hashable {
    package let name: OwnerName
    package let created: Date
}
