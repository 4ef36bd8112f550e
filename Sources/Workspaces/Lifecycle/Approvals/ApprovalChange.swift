package import Capsules

/// What an operation makes of a workspace's approvals: a part of it, which is there with the rest of it or not at all.
///
/// Taking it in twice is the same as once, so that an operation that was cut off can be brought to its end.
package struct ApprovalChange: Sendable, Hashable {
    /// What somebody has approved, and what needed no approval.
    package var approvals: [Approval]
    /// The hooks that wait from then on.
    package var hooks: [PendingHook]
    /// The capsules whose hooks no longer wait, but for ``hooks``, by id.
    package var capsules: [CapsuleID]

    /// Describes a change; by default none.
    package init(_ approvals: [Approval] = [], hooks: [PendingHook] = [], of capsules: [CapsuleID] = []) {
        (self.approvals, self.hooks, self.capsules) = (approvals, hooks, capsules)
    }

    /// Whether everything stays.
    package var isEmpty: Bool { approvals.isEmpty && hooks.isEmpty && capsules.isEmpty }
}

extension Approvals {
    /// Takes in what an operation makes of them; an approval of the same content that is here stays as it is.
    package mutating func apply(_ change: ApprovalChange) {
        for approval in change.approvals where self[approval.capsule, approval.digest] == nil { record(approval) }
        for id in change.capsules { record(change.hooks.filter { $0.capsule == id }, of: id) }
    }
}
