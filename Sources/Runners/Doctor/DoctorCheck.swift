package import Capsules

/// What a look at one thing that runs need has found.
package struct DoctorCheck: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// It works: it was tried.
        case ok
        /// It works with something less, which ``DoctorCheck/detail`` names.
        case limited
        /// It does not; what needs it cannot run.
        case missing
    }

    /// A stable name, such as `sandbox`.
    package let name: String
    package let state: State
    /// What was found, in words.
    package let detail: String
    /// What to do; nil where nothing is to be done.
    package let hint: String?
    /// Whether nothing at all runs without it.
    package let isNeeded: Bool

    package init(_ name: String, _ state: State, _ detail: String, hint: String? = nil, isNeeded: Bool = false) {
        (self.name, self.state, self.detail) = (name, state, detail)
        (self.hint, self.isNeeded) = (hint, isNeeded)
    }

    package var json: JSONValue {
        [
            "name": .string(name), "state": .string(state.rawValue), "detail": .string(detail), "hint": .optional(hint),
            "needed": .bool(isNeeded),
        ]
    }
}
