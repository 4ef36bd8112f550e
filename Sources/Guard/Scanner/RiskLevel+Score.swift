package import Capsules

extension RiskLevel {
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
