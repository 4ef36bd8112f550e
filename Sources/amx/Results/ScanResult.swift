import Capsules
import Guard
import Objects

/// What `amx scan` says of one subject.
struct ScanResult {
    let subject: String
    let report: ScanReport
    /// The digest of what was scanned, where it is a capsule's whole content.
    let digest: ContentDigest?

    init(_ subject: String, _ report: ScanReport, digest: ContentDigest? = nil) {
        (self.subject, self.report, self.digest) = (subject, report, digest)
    }

    var json: JSONValue {
        var object: JSONObject = ["subject": .string(subject), "digest": .optional(digest?.text)]
        for member in report.json.members { object[member.key] = member.value }
        return .object(object)
    }

    /// A line about the whole, and one or two for each finding.
    func text(_ style: Style) -> String {
        let counts = Severity.allCases.reversed().compactMap { severity in
            let count = report.count(severity)
            return count == 0 ? nil : "\(count) \(severity.rawValue)"
        }
        let found = counts.isEmpty ? "nothing found" : counts.joined(separator: ", ")
        var lines = [
            "\(style.bold(subject))  \(risk(style)), score \(report.riskScore) of 100: \(found) in \(report.files) "
                + (report.files == 1 ? "file" : "files")
        ]
        var table = Table()
        for finding in report.findings {
            let times = finding.matches > 1 ? " (\(finding.matches) times)" : ""
            table.add(
                mark(finding.severity, style), "\(finding.path):\(finding.line):\(finding.column)", finding.rule,
                "\(finding.message)\(times): \(style.faint(Style.visible(finding.excerpt)))")
        }
        for file in report.unscanned {
            table.add("unseen", file.path, file.reason.words, file.detail ?? "")
        }
        if !report.findings.isEmpty || !report.unscanned.isEmpty { lines.append(table.text(indent: "  ")) }
        return lines.joined(separator: "\n")
    }

    private func risk(_ style: Style) -> String {
        let text = "\(report.riskLevel.rawValue) risk"
        return switch report.riskLevel {
        case .low: style.green(text)
        case .medium: style.yellow(text)
        case .high, .critical: style.red(text)
        }
    }

    private func mark(_ severity: Severity, _ style: Style) -> String {
        switch severity {
        case .info, .low: severity.rawValue
        case .medium: style.yellow(severity.rawValue)
        case .high, .critical: style.red(severity.rawValue)
        }
    }
}

extension UnscannedFile.Reason {
    /// The reason in words.
    fileprivate var words: String {
        switch self {
        case .tooLarge: "too large"
        case .totalPassed: "too much in all"
        case .binary: "not text"
        case .archive: "an archive"
        case .program: "a program"
        case .notContent: "no content of a capsule"
        case .unreadable: "cannot be read"
        case .findingsPassed: "too many findings"
        }
    }
}
