/// A step from one state of a capsule to another, by what is done (row A-075). The raw values are stable.
package enum LifecycleTransition: String, Sendable, Hashable, CaseIterable {
    /// Somebody asks for it.
    case evaluate
    /// No version will do, or nobody wants it after all.
    case dismiss
    /// A version was chosen and is fetched.
    case prepare
    /// What it may do was not approved, or nobody wants it after all.
    case cancel
    /// It is brought out.
    case install
    /// It has come to its end.
    case complete
    /// It could be neither ended nor taken back.
    case fail
    /// What failed is tried again.
    case retry
    /// Another version is brought out.
    case update
    /// The version before is brought out again.
    case rollBack = "roll_back"
    /// Its owner says that it should not be used.
    case deprecate
    /// Its owner takes that back.
    case reinstate
    /// It may not be used for now.
    case suspend
    /// It may be used again.
    case resume
    /// Somebody wants it gone.
    case requestRemoval = "request_removal"
    /// Something needs it, so it stays.
    case keep
    /// It goes, and can be had back for a while.
    case softRemove = "soft_remove"
    /// It is had back.
    case restore
    /// Its grace period has passed, or somebody does not want to wait for that.
    case hardRemove = "hard_remove"

    /// The states that it is legal from.
    package var from: Set<LifecycleState> {
        switch self {
        case .evaluate: [.discovered]
        case .dismiss, .prepare: [.evaluating]
        case .cancel: [.preInstall, .failed]
        case .install: [.preInstall]
        case .complete: [.installing, .updating, .rollingBack]
        case .fail: [.installing, .updating, .rollingBack, .preRemoval]
        case .retry: [.failed]
        case .update: [.active, .deprecated, .suspended]
        case .rollBack: [.active, .deprecated, .suspended, .updating]
        case .deprecate: [.active]
        case .reinstate: [.deprecated]
        case .suspend: [.active, .deprecated]
        case .resume: [.suspended]
        case .requestRemoval: [.active, .deprecated, .suspended]
        case .keep, .softRemove: [.preRemoval]
        case .restore, .hardRemove: [.softRemoved]
        }
    }

    /// The state that it leads to.
    package var to: LifecycleState {
        switch self {
        case .evaluate: .evaluating
        case .dismiss, .cancel: .discovered
        case .prepare, .retry: .preInstall
        case .install: .installing
        case .complete, .reinstate, .resume, .keep, .restore: .active
        case .fail: .failed
        case .update: .updating
        case .rollBack: .rollingBack
        case .deprecate: .deprecated
        case .suspend: .suspended
        case .requestRemoval: .preRemoval
        case .softRemove: .softRemoved
        case .hardRemove: .hardRemoved
        }
    }

    /// The event that records the transition; nil for one that leads to a state in which no capsule stays, or that nothing of a
    /// workspace does.
    package func event(from state: LifecycleState) -> EventType? {
        switch self {
        case .complete:
            switch state {
            case .installing: .installed
            case .updating: .updated
            case .rollingBack: .rolledBack
            default: nil
            }
        case .fail: .error
        case .deprecate: .deprecated
        case .softRemove: .softRemoved
        case .restore: .restored
        case .hardRemove: .removed
        default: nil
        }
    }
}
