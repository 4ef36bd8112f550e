import Capsules
import Objects

/// Holds what a fetch or a push would change against the policy of every door.
struct RefVerdicts {
    private let policy: IncomingPolicy
    private let tracking: TrackingRefs?
    private let known: [(name: RefName, id: ObjectID)]

    /// Judges references of a capsule or workspace by objects that are, or would be, in its repository; without `kind`, of
    /// whichever of the two the first of them is.
    ///
    /// A remote's branches are held against the policy under the names that they have there; `here` are those that were
    /// fetched before, and the branches of the workspace itself.
    init(
        _ incoming: IncomingObjects, of id: CapsuleID, kind: RepositoryKind?, signatures: SignaturePolicy,
        tracking: TrackingRefs,
        _ here: RefSnapshot
    ) {
        policy = IncomingPolicy(incoming, of: id, kind: kind, signatures: signatures)
        self.tracking = tracking
        known = here.refs.map { (tracking.branch(of: $0.name) ?? $0.name, $0.commit) }
    }

    /// Judges references of a capsule that are to be pushed; which of them must be signed is the other side's policy.
    init(_ incoming: IncomingObjects, of id: CapsuleID, kind: RepositoryKind) {
        policy = IncomingPolicy(incoming, of: id, kind: kind)
        tracking = nil
        known = []
    }

    /// The releases that were looked at, with the verdicts on their signatures.
    var releases: [IncomingPolicy.ReleaseSignature] { policy.releases }

    /// The outcome as it is, or rejected; one that changes nothing is not looked at.
    func judge(_ outcome: RefOutcome) -> RefOutcome {
        guard outcome.status == .ok, let new = outcome.new else { return outcome }
        do throws(AmxError) {
            if let release = outcome.ref.tag {
                try policy.checkRelease(release, new)
            } else if let replica = ReplicaID(chain: outcome.ref) {
                try check(new, as: replica, from: outcome.old)
                if tracking != nil { try policy.checkSignatures(of: new, as: outcome.ref, beyond: known) }
            } else {
                try policy.checkBranch(new)
                if let branch = tracking?.branch(of: outcome.ref) {
                    try policy.checkSignatures(of: new, as: branch, beyond: known)
                }
            }
            return outcome
        } catch {
            return outcome.rejected(RefOutcome.Rejection(error))
        }
    }

    /// What every door asks of an event chain; of one that is fetched in place of another, also what can be done.
    private func check(_ new: ObjectID, as replica: ReplicaID, from old: ObjectID?) throws(AmxError) {
        do throws(AmxError) {
            try policy.checkEvents(new, as: replica.chain, from: old)
        } catch {
            guard tracking != nil, error.code == .conflict else { throw error }
            throw AmxError(
                error.code, error.message,
                hint: "somebody has replaced the chain, or two copies share the id: if that is explained, "
                    + EventChains.way(out: replica), cause: error.cause)
        }
    }
}
