package import Capsules

/// What a security level asks for before something of a capsule runs (rows U-010 to U-013).
///
/// The sandbox, the gate and all limits hold at every level (row U-014).
package enum LevelDemand: String, Hashable, Sendable, CaseIterable {
    /// What goes in is checked against the schema that it declares.
    case validation
    /// That it ran is written down.
    case log
    /// Somebody other than whoever asks has approved it.
    case approval
    /// That was an admin.
    case adminApproval
    /// All that it did is written down.
    case audit
}

extension SecurityLevel {
    /// What it asks for; each level asks for what those below it do.
    package var demands: [LevelDemand] {
        switch self {
        case .safe: []
        case .moderate: [.validation, .log]
        case .restricted: [.validation, .log, .approval]
        case .dangerous: [.validation, .log, .approval, .adminApproval, .audit]
        }
    }
}
