package import Capsules
import Objects

/// What a scan found: the findings, what they amount to, and what was not looked into.
package struct ScanReport: Hashable, Sendable {
    /// Everything that was found, in the order of the files, and in each file of the rules.
    package let findings: [Finding]
    /// How many files were taken, binary ones among them.
    package let files: Int
    /// Their bytes.
    package let bytes: Int
    /// The files whose text was not looked into.
    package let unscanned: [UnscannedFile]
    /// The packs that were used, as `name@version`, in order.
    package let packs: [String]
    /// The score, from 0 to 100.
    package let riskScore: Int
    /// What score and worst finding mean together; never less than before when a finding is added.
    package let riskLevel: RiskLevel

    init(findings: [Finding], files: Int, bytes: Int, unscanned: [UnscannedFile], packs: [String]) {
        self.findings = findings
        self.files = files
        self.bytes = bytes
        self.unscanned = unscanned
        self.packs = packs
        riskScore = RiskScore(findings).value
        riskLevel = max(RiskLevel(score: riskScore), RiskLevel(findings.map(\.severity).max() ?? .info))
    }

    /// The findings by published patterns: row A-091's list.
    package var maliciousPatterns: [Finding] { findings.filter { $0.pattern != nil } }
    /// All others.
    package var vulnerabilities: [Finding] { findings.filter { $0.pattern == nil } }
    /// The worst severity; nil where nothing was found.
    package var worst: Severity? { findings.map(\.severity).max() }

    /// How many findings there are of a severity.
    package func count(_ severity: Severity) -> Int { findings.count { $0.severity == severity } }

    /// What to do, the worst first, each advice once.
    package var recommendations: [String] {
        var seen: Set<String> = []
        var result: [String] = []
        for severity in Severity.allCases.reversed() where severity > .info {
            for finding in findings where finding.severity == severity && seen.insert(finding.advice).inserted {
                result.append(finding.advice)
            }
        }
        let unseen = unscanned.count { $0.reason != .binary }
        if unseen > 0 {
            result.append("look yourself into the \(unseen) files that were not scanned, or leave them out")
        }
        return result
    }
}
