package import Capsules

/// Where the stores of capsules lie: one file for each capsule and organisation.
package struct StoreFolder: Hashable, Sendable {
    private let path: String
    private let organisation: OwnerName?

    /// Takes a folder that only Amx writes to, and the organisation for which capsules run; nil for none.
    package init(_ path: String, organisation: OwnerName?) {
        self.path = path
        self.organisation = organisation
    }

    /// The file of a capsule's store.
    package func file(of capsule: CapsuleID) -> String {
        // No organisation has such a name.
        "\(path)/\(organisation?.string ?? "_")/\(capsule.string).sqlite"
    }
}
