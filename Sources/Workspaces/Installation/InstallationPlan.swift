package import Capsules
import Objects
package import Versions

/// What an operation is going to do, before anything has changed (row A-056).
package struct InstallationPlan: Sendable {
    /// A release that comes, or takes the place of another one.
    package struct Step: Sendable, Hashable {
        /// The capsule.
        package let id: CapsuleID
        /// What is here, as the lock says, or would say; nil for one that comes.
        package let old: LockedCapsule?
        /// The release.
        package let release: Release
        /// The place that it comes from, as ``ReleasePlace/address``.
        package let address: String
        /// Who asks for it, as in ``LockedCapsule/requestedBy``.
        package let requestedBy: [String]
        /// The owner that it comes from, where that is not the one of whoever asks for it, and it has not come from there before.
        package var otherOwner: String?
    }

    /// A capsule that comes from whoever has claimed its id on a hub, since the owner who was asked does not have it.
    package struct Claim: Sendable, Hashable {
        /// The capsule.
        package let id: CapsuleID
        /// The place that was asked.
        package let asked: String
        /// The place that it comes from.
        package let address: String
    }

    /// What comes and what moves, dependencies first.
    package let steps: [Step]
    /// What nothing asks for any more, by id.
    package let departures: [LockedCapsule]
    /// The lock afterwards.
    package let lock: WorkspaceLock
    /// What is locked, is not to be updated, and cannot stay, with what forces it.
    package let moves: [Move]
    /// Optional requirements that cannot be met.
    package let dropped: [DroppedOptional]

    /// What comes, or has come, from whoever has claimed it, by capsule.
    package var claims: [Claim] = []

    /// Whether nothing is to be done.
    package var isEmpty: Bool { steps.isEmpty && departures.isEmpty }

    /// The capsules that come (row A-056: `capsulesToInstall`).
    package var installs: [Step] { steps.filter { $0.old == nil } }
    /// The capsules that move (`capsulesToUpdate`).
    package var updates: [Step] { steps.filter { $0.old != nil } }

    /// What comes has together, in bytes (`estimatedSize`); nil where a place does not say.
    package var estimatedSize: UInt64? {
        var sum: UInt64 = 0
        for step in steps {
            guard let size = step.release.size else { return nil }
            let (next, isOver) = sum.addingReportingOverflow(size)
            guard !isOver else { return nil }
            sum = next
        }
        return sum
    }
}
