/// How much a finding matters, from least to most.
package enum Severity: String, Sendable, CaseIterable {
    /// Worth knowing, and normal.
    case info
    /// Normal in many capsules, and a way in for an attack.
    case low
    /// Seldom needed: somebody should look.
    case medium
    /// Has hardly an honest reason.
    case high
    /// Is an attack, or a secret that anybody can now use.
    case critical

    /// What the first finding of a rule with this severity adds to the score.
    package var weight: Int {
        switch self {
        case .info: 0
        case .low: 1
        case .medium: 5
        case .high: 20
        case .critical: 50
        }
    }
}

extension Severity: Comparable {
    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .low: 1
        case .medium: 2
        case .high: 3
        case .critical: 4
        }
    }
}
