package import Capsules

/// A published reason for which a plan is risky (`docs/lifecycle.md`, "Risk"). The raw values are stable.
package enum RiskRule: String, Sendable, Hashable, CaseIterable {
    // What the capsule may do that it could not before.
    case permissionToRead
    case permissionToAct
    case permissionToAll
    case networkOutbound
    case networkAny
    case networkInbound
    case hook
    case process
    case code
    case capability
    case capabilityOfAll
    case environment
    case provider
    case schedule
    case event
    case interface
    case context
    case levelModerate
    case levelRestricted
    case levelDangerous
    case levelLowered
    // Who says so.
    case otherOwner
    case unsigned
    case untrustedSigner
    case badSignature
    case otherBytes
    // How far it is from what is here.
    case incompatible
    case breaking
    case downgrade
    case prerelease
    // How much it is.
    case large
    case huge

    /// What a plan is at least, to which the rule applies.
    package var level: RiskLevel {
        switch self {
        case .permissionToRead, .event, .interface, .context, .prerelease: .low
        case .permissionToAct, .networkOutbound, .code, .capability, .environment, .provider, .schedule,
            .levelModerate, .otherOwner, .unsigned, .untrustedSigner, .incompatible, .breaking, .downgrade, .large:
            .medium
        case .permissionToAll, .networkAny, .networkInbound, .hook, .process, .capabilityOfAll, .levelRestricted,
            .levelLowered, .huge:
            .high
        case .levelDangerous, .badSignature, .otherBytes: .critical
        }
    }

    /// What the rule says, in words that its detail follows.
    package var words: String {
        switch self {
        case .permissionToRead: "may read"
        case .permissionToAct: "may"
        case .permissionToAll: "may do everything of a kind"
        case .networkOutbound: "talks to"
        case .networkAny: "talks to any host"
        case .networkInbound: "lets others in"
        case .hook: "has a hook"
        case .process: "starts a server"
        case .code: "runs code"
        case .capability: "wants the capability"
        case .capabilityOfAll: "wants all capabilities"
        case .environment: "asks for the variable"
        case .provider: "brings a provider"
        case .schedule: "runs by itself"
        case .event: "reacts to"
        case .interface: "offers"
        case .context: "tells agents"
        case .levelModerate, .levelRestricted, .levelDangerous: "has the security level"
        case .levelLowered: "has a lower security level than before"
        case .otherOwner: "comes from another owner"
        case .unsigned: "is not signed"
        case .untrustedSigner: "is signed by somebody unknown"
        case .badSignature: "has a bad signature"
        case .otherBytes: "has other content under the same version"
        case .incompatible: "is incompatible"
        case .breaking: "breaks"
        case .downgrade: "goes back"
        case .prerelease: "is a pre-release"
        case .large, .huge: "is large"
        }
    }
}
