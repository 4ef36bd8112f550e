package import Capsules
package import Objects

/// A capsule that needs one that is to go.
package struct RemovalObstacle: Error, Sendable, Hashable {
    /// What it needs of it.
    package enum Need: Sendable, Hashable {
        /// The capsule itself, by its dependencies.
        case dependency
        /// What nobody else who stays offers.
        case capability(String)
    }

    /// The capsule that is to go.
    package let removed: CapsuleID
    /// What is needed of it.
    package let need: Need
    /// Who needs it.
    package let requiredBy: CapsuleID

    /// The obstacle in seed 003's words, or in those that go with them.
    package var message: String {
        switch need {
        case .dependency: "Cannot remove '\(removed)': it is required by '\(requiredBy)'. Use --force to override."
        case .capability(let capability):
            "Cannot remove '\(removed)': it is the sole provider of '\(TreeRules.printable(capability.utf8))' "
                + "which is required by '\(requiredBy)'. Use --force to override."
        }
    }

    /// The error, with the obstacle as its cause.
    package var error: AmxError {
        AmxError(.conflict, message, hint: "or remove \(requiredBy) too", cause: self)
    }
}

extension RemovalObstacle: ErrorDetails {
    /// Who needs what of the capsule.
    package var details: JSONValue {
        var capability: String?
        if case .capability(let text) = need { capability = text }
        return [
            "id": .string(removed.string), "requiredBy": .string(requiredBy.string),
            "capability": .optional(capability),
        ]
    }
}
