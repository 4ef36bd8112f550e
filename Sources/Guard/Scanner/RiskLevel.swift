/// What a score and the worst finding mean together.
package enum RiskLevel: String, Sendable, CaseIterable {
    case low
    case medium
    case high
    case critical

    /// The level of a score of 0 to 100.
    package init(score: Int) {
        self =
            switch score {
            case ..<20: .low
            case ..<50: .medium
            case ..<80: .high
            default: .critical
            }
    }

    /// The least level of a report with such a finding.
    package init(_ worst: Severity) {
        self =
            switch worst {
            case .info, .low, .medium: .low
            case .high: .high
            case .critical: .critical
            }
    }
}

extension RiskLevel: Comparable {
    package static func < (left: RiskLevel, right: RiskLevel) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}
