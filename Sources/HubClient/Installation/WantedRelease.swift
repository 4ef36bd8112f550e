package import Capsules
package import Objects
import Versions
package import Workspaces

/// A release that has to come from a place.
package struct WantedRelease: Sendable, Hashable {
    /// The capsule.
    package let id: CapsuleID
    /// Its version, for messages.
    package let version: String
    /// The commit.
    package let commit: ObjectID
    /// The place.
    package let address: String

    /// What a plan brings.
    package init(_ step: InstallationPlan.Step) {
        (id, version, commit) = (step.id, step.release.version.text, step.release.commit)
        address = step.address
    }

    /// What a lock names, at its place.
    package init(_ entry: LockedCapsule, at address: String) {
        (id, version, commit) = (entry.id, entry.version.text, entry.commit)
        self.address = address
    }

    /// What is to be counted before it is chosen.
    init(_ id: CapsuleID, _ release: Release, at address: String) {
        (self.id, version, commit) = (id, release.version.text, release.commit)
        self.address = address
    }

    /// That one of several could not be brought.
    package struct Failure: Error {
        /// Its place among them.
        package let index: Int
        /// Why.
        package let error: any Error
    }
}
