package import Capsules
package import Objects

/// Where a capsule is on its way into a workspace, through it and out of it (rows ).
///
/// One closed machine; `docs/lifecycle.md`, "States", says how its states map to the two enumerations of seed 000. The raw values are
/// stable.
package enum LifecycleState: String, Sendable, Hashable, CaseIterable {
    /// It can be had from somewhere; there is no record of it here.
    case discovered
    /// Versions are chosen, and what installing would mean is found out.
    case evaluating
    /// It has been fetched and verified, and what it may do is approved or waits for that.
    case preInstall = "pre_install"
    /// It is being brought out.
    case installing
    /// It is here and may be used.
    case active
    /// It is here and may be used, and its owner says that it should not be.
    case deprecated
    /// It is here and may not be used.
    case suspended
    /// It goes to another version.
    case updating
    /// It goes back to a version that it had.
    case rollingBack = "rolling_back"
    /// What was begun could be neither ended nor taken back.
    case failed
    /// Somebody wants it gone, and what needs it is found out.
    case preRemoval = "pre_removal"
    /// It is gone, and can be had back until its grace period has passed.
    case softRemoved = "soft_removed"
    /// It is gone for good. Installing the capsule again begins another record.
    case hardRemoved = "hard_removed"

    /// The state that the events of a capsule lead to, given what they project (``Projection``); nil for a status that is none of ours.
    ///
    /// Events tell only of states in which a capsule stays, so no other state is ever the answer.
    package init?(projected state: JSONObject) {
        switch state["status"]?.string {
        case nil: self = .discovered
        case "active"?: self = .active
        case "soft_removed"?: self = .softRemoved
        case "removed"?: self = .hardRemoved
        default: return nil
        }
    }

    /// The transitions that are legal from here, in the order of the documentation.
    package var transitions: [LifecycleTransition] {
        LifecycleTransition.allCases.filter { $0.from.contains(self) }
    }

    /// The state after a transition; `.conflict` with an ``IllegalTransition`` as its cause when that is not legal from here.
    package func applying(
        _ transition: LifecycleTransition, of capsule: CapsuleID
    ) throws(AmxError) -> LifecycleState {
        guard transition.from.contains(self) else {
            throw IllegalTransition(capsule: capsule, state: self, transition: transition).error
        }
        return transition.to
    }

    /// What `installation_status` of seed 000 is in this state (row A-070); nil where there is no record.
    ///
    /// `removed` is not in the seed's enumeration, but what its projection writes.
    package var installationStatus: String? {
        switch self {
        case .discovered: nil
        case .evaluating, .preInstall: "pending"
        case .installing: "installing"
        case .active, .deprecated, .suspended: "active"
        case .updating, .rollingBack: "updating"
        case .failed: "failed"
        case .preRemoval: "removing"
        case .softRemoved, .hardRemoved: "removed"
        }
    }

    /// What `capsule_status` of seed 000 is in this state (row A-071).
    package var capsuleStatus: String {
        switch self {
        case .deprecated: "deprecated"
        case .suspended: "suspended"
        case .softRemoved, .hardRemoved: "removed"
        default: "active"
        }
    }
}
