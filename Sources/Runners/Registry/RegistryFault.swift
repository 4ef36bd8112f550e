package import Capsules
package import Objects

/// Why a registry does not do what it was asked for.
package enum RegistryFault: Error, Hashable, Sendable {
    /// There is a capsule of that id.
    case alreadyRegistered(CapsuleID)
    /// There is an uplink of that id.
    case uplinkAlreadyRegistered(UplinkID)
    /// There is no capsule of that id.
    case notFound(CapsuleID)
}

extension RegistryFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .alreadyRegistered(let id): "Already registered: \(id)"
        case .uplinkAlreadyRegistered(let id): "Uplink already registered: \(TreeRules.printable(id.string.utf8))"
        case .notFound(let id): "capsule \(id)"
        }
    }

    /// The same for users.
    package var error: AmxError {
        switch self {
        case .alreadyRegistered:
            AmxError(.conflict, "cannot load the capsule: \(self)", hint: "unload it first", cause: self)
        case .uplinkAlreadyRegistered:
            AmxError(
                .conflict, "cannot load the capsule: \(self)", hint: "unload the capsule that has it first", cause: self
            )
        case .notFound: AmxError(.notFound, "not loaded: \(self)", hint: "load it first", cause: self)
        }
    }
}
