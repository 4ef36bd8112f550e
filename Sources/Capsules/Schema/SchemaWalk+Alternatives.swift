extension SchemaWalk {
    /// Of more schemas than these it is not told why they don't take a value.
    private static let maximumExplained = 32
    /// The longest list of what they take instead, in bytes.
    private static let maximumWords = 1_000

    /// Whether at least one schema takes a value.
    mutating func takesAny(_ value: JSONValue, _ schemas: [Int]) throws(SchemaFault) -> Bool {
        for schema in schemas where try wouldTake(value, by: schema) { return true }
        return try explain(value, schemas, "anyOf")
    }

    /// Whether exactly one schema takes a value.
    mutating func takesOne(_ value: JSONValue, _ schemas: [Int]) throws(SchemaFault) -> Bool {
        var count = 0
        for schema in schemas where try wouldTake(value, by: schema) { count += 1 }
        switch count {
        case 0: return try explain(value, schemas, "oneOf")
        case 1: return true
        default:
            return refuse(
                expected: "what only one of the \(schemas.count) schemas of 'oneOf' takes",
                found: "what \(count) of them take")
        }
    }

    /// Collects why none of some schemas takes a value: of the only one that can have been meant, or that it is of no
    /// kind that any of them is for; always false.
    private mutating func explain(
        _ value: JSONValue, _ schemas: [Int], _ keyword: String
    ) throws(SchemaFault) -> Bool {
        guard !isDone else { return false }
        let all = "what one of the \(schemas.count) schemas of '\(keyword)' takes"
        let found = ManifestReader.describe(value)
        guard schemas.count <= Self.maximumExplained else { return refuse(expected: all, found: found) }
        let kept = findings
        var reasons: [[Finding]] = []
        for schema in schemas {
            findings = []
            _ = try takes(value, by: schema)
            reasons.append(findings)
        }
        findings = kept
        let level = way.count
        let meant = reasons.filter { reason in
            !reason.contains { $0.kind != nil && $0.problem.path.steps.count == level }
        }
        let likely = meant.filter { reason in
            !reason.contains { $0.kind == .otherConstant && $0.problem.path.steps.count == level + 1 }
        }
        if let only = meant.count == 1 ? meant.first : likely.count == 1 ? likely.first : nil {
            for finding in only { add(finding) }
            return false
        }
        guard meant.isEmpty else { return refuse(expected: all, found: found) }
        var kinds: [String] = []
        for finding in reasons.joined() where finding.kind != nil && finding.problem.path.steps.count == level {
            if !kinds.contains(finding.problem.expected) { kinds.append(finding.problem.expected) }
        }
        let words = kinds.joined(separator: " or ")
        guard words.utf8.count <= Self.maximumWords else { return refuse(expected: all, found: found) }
        return refuse(expected: words, found: found, kind: .other)
    }
}
