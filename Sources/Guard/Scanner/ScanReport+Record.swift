import Capsules
import Objects

extension ScanReport {
    /// The report as it is kept.
    var record: JSONObject {
        [
            "files": .count(files),
            "bytes": .count(bytes),
            "packs": .strings(packs),
            "findings": .array(
                findings.map { finding in
                    var object = finding.json
                    object["pattern"] = .optional(finding.pattern)
                    return .object(object)
                }),
            "unscanned": .array(unscanned.map { .object($0.json) }),
        ]
    }

    /// A report that was kept; nil for anything else.
    init?(record: JSONValue) {
        guard let files = record["files"]?.integer, let bytes = record["bytes"]?.integer,
            let packs = record["packs"]?.array, let findings = record["findings"]?.array,
            let unscanned = record["unscanned"]?.array
        else { return nil }
        let read = findings.compactMap(Finding.init(record:))
        let others = unscanned.compactMap(UnscannedFile.init(record:))
        guard read.count == findings.count, others.count == unscanned.count else { return nil }
        self.init(
            findings: read, files: Int(files), bytes: Int(bytes), unscanned: others, packs: packs.compactMap(\.string))
    }
}

extension Finding {
    init?(record: JSONValue) {
        guard let file = record["file"]?.string, let path = try? TreePath(file), let line = record["line"]?.integer,
            let column = record["column"]?.integer, let rule = record["rule"]?.string,
            let pack = record["pack"]?.string,
            let severity = record["severity"]?.string.flatMap(Severity.init(rawValue:)),
            let message = record["message"]?.string, let advice = record["advice"]?.string,
            let excerpt = record["excerpt"]?.string, let matches = record["matches"]?.integer
        else { return nil }
        self.init(
            path: path, line: Int(line), column: Int(column), rule: rule, pack: pack, severity: severity,
            message: message, advice: advice, excerpt: excerpt, matches: Int(matches),
            pattern: record["pattern"]?.string)
    }
}

extension UnscannedFile {
    init?(record: JSONValue) {
        guard let path = record["file"]?.string,
            let reason = record["reason"]?.string.flatMap(Reason.init(rawValue:))
        else { return nil }
        self.init(
            path: path, bytes: record["bytes"]?.integer.map(Int.init), reason: reason, detail: record["detail"]?.string)
    }
}
