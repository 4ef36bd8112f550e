/// The published score of a report: from 0, nothing found, to 100.
///
/// Each rule (each advisory) that was met adds its severity's weight, times one and the number of times that its matches can be
/// halved: 1 match counts once, 2 twice, 4 three times, 8 four times. The sum is cut at 100. No part can become less by a further finding,
/// so adding a finding never lowers the score (row A-092).
package struct RiskScore: Hashable, Sendable {
    /// The score.
    package let value: Int

    /// The score of findings.
    package init(_ findings: some Sequence<Finding>) {
        var matches: [String: (severity: Severity, count: Int)] = [:]
        for finding in findings {
            let before = matches[finding.rule] ?? (finding.severity, 0)
            let (count, overflow) = before.count.addingReportingOverflow(max(1, finding.matches))
            matches[finding.rule] = (max(before.severity, finding.severity), overflow ? .max : count)
        }
        // A weight is at most 50 and its factor at most 64, so no report of this machine's memory overflows.
        value = min(100, matches.values.reduce(0) { $0 + $1.severity.weight * (1 + Self.halvings($1.count)) })
    }

    private static func halvings(_ count: Int) -> Int {
        count < 1 ? 0 : Int.bitWidth - 1 - count.leadingZeroBitCount
    }
}
