import Capsules
import Objects

/// Holds what a fetch or a push would change against the policy of every door.
struct RefVerdicts {
    private let policy: IncomingPolicy

    /// Judges references of a capsule by objects that are, or would be, in its repository.
    init(_ incoming: IncomingObjects, of id: CapsuleID) {
        policy = IncomingPolicy(incoming, of: id)
    }

    /// The outcome as it is, or rejected; one that changes nothing is not looked at.
    func judge(_ outcome: RefOutcome) -> RefOutcome {
        guard outcome.status == .ok, let new = outcome.new else { return outcome }
        do throws(AmxError) {
            if let release = outcome.ref.tag {
                try policy.checkRelease(release, new)
            } else {
                try policy.checkBranch(new)
            }
            return outcome
        } catch {
            return outcome.rejected(RefOutcome.Rejection(error))
        }
    }
}
