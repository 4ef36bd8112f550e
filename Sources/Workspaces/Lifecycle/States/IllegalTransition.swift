package import Capsules
package import Objects

/// Something was to be done to a capsule that cannot be done in its state. The cause of an error with exit status 6.
package struct IllegalTransition: Error, Sendable, Hashable {
    /// The capsule.
    package let capsule: CapsuleID
    /// The state that it is in.
    package let state: LifecycleState
    /// What was to be done.
    package let transition: LifecycleTransition

    /// What could be done instead.
    package var legal: [LifecycleTransition] { state.transitions }

    /// The error as users see it: it names the state and lists what is legal.
    package var error: AmxError {
        let hint =
            legal.isEmpty
            ? "nothing leads from \(state.rawValue): install the capsule again to begin anew"
            : "from \(state.rawValue) it can: "
                + legal.map { "\($0.rawValue) (to \($0.to.rawValue))" }.joined(separator: ", ")
        return AmxError(
            .conflict, "cannot \(transition.rawValue) \(capsule): it is \(state.rawValue)", hint: hint, cause: self)
    }
}

extension IllegalTransition: ErrorDetails {
    /// What was to be done, and what could be done instead.
    package var details: JSONValue {
        [
            "id": .string(capsule.string), "state": .string(state.rawValue), "transition": .string(transition.rawValue),
            "legal": .array(legal.map { ["transition": .string($0.rawValue), "to": .string($0.to.rawValue)] }),
        ]
    }
}
