package import Capsules
import Objects

extension ScanReport {
    /// The report as `--json` prints it and as it is kept; `docs/scanning.md` has the keys.
    package var json: JSONObject {
        [
            "riskScore": .count(riskScore),
            "riskLevel": .string(riskLevel.rawValue),
            "counts": .object(JSONObject(Severity.allCases.map { ($0.rawValue, .count(count($0))) })),
            "maliciousPatterns": .array(
                maliciousPatterns.map { finding in
                    [
                        "pattern": .optional(finding.pattern),
                        "file": .string(finding.path.string),
                        "matches": .count(finding.matches),
                        "severity": .string(finding.severity.rawValue),
                        "line": .count(finding.line),
                        "column": .count(finding.column),
                        "rule": .string(finding.rule),
                        "message": .string(finding.message),
                        "excerpt": .string(finding.excerpt),
                    ]
                }),
            "vulnerabilities": .array(vulnerabilities.map { .object($0.json) }),
            "recommendations": .strings(recommendations),
            "files": .count(files),
            "bytes": .count(bytes),
            "unscanned": .array(unscanned.map { .object($0.json) }),
            "packs": .strings(packs),
        ]
    }
}

extension Finding {
    var json: JSONObject {
        [
            "file": .string(path.string),
            "line": .count(line),
            "column": .count(column),
            "rule": .string(rule),
            "pack": .string(pack),
            "severity": .string(severity.rawValue),
            "message": .string(message),
            "advice": .string(advice),
            "excerpt": .string(excerpt),
            "matches": .count(matches),
        ]
    }
}

extension UnscannedFile {
    var json: JSONObject {
        [
            "file": .string(path),
            "bytes": bytes.map { .count($0) } ?? .null,
            "reason": .string(reason.rawValue),
            "detail": .optional(detail),
        ]
    }
}
