/// Walks a manifest's values, checks their types, and collects everything that is wrong instead of stopping at the first.
struct ManifestReader {
    /// A value with the way to it.
    struct Node {
        let value: JSONValue
        let path: JSONPath
    }

    /// A finding whose place in the text is looked up at the end.
    struct Finding {
        let severity: ManifestDiagnostic.Severity
        let path: JSONPath
        let atKey: Bool
        let expected: String
        let found: String
        let advice: String
    }

    /// More findings than these are not kept; the first ones are what a person needs.
    private static let maximumFindings = 100

    private(set) var findings: [Finding] = []
    /// The files that blocks name, to be held against the capsule's tree.
    var namedFiles: [NamedFile] = []

    /// Whether no more errors are kept.
    var isFull: Bool {
        findings.count >= Self.maximumFindings && findings.allSatisfy { $0.severity == .error }
    }

    /// Whether an error was found.
    var hasErrors: Bool { findings.contains { $0.severity == .error } }

    // MARK: Findings

    mutating func report(
        _ severity: ManifestDiagnostic.Severity = .error, at path: JSONPath, atKey: Bool = false, expected: String,
        found: String, advice: String
    ) {
        if findings.count >= Self.maximumFindings {
            // No number of warnings hides an error.
            guard severity == .error, let warning = findings.lastIndex(where: { $0.severity == .warning }) else {
                return
            }
            findings.remove(at: warning)
        }
        findings.append(
            Finding(
                severity: severity, path: path, atKey: atKey, expected: expected, found: found, advice: advice))
    }

    mutating func report(_ node: Node, expected: String, advice: String) {
        report(at: node.path, expected: expected, found: Self.describe(node.value), advice: advice)
    }

    /// A value in a few words: its type, and its beginning where that helps.
    static func describe(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer, .double: "the number \(JSONWriter.text(value))"
        case .string(let text): "\"\(excerpt(text))\""
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// At most 60 characters of a text, control characters escaped.
    static func excerpt(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60)
        var result = ""
        for scalar in shown {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return shown.endIndex == text.unicodeScalars.endIndex ? result : result + "…"
    }

    // MARK: Values

    /// The members of an object, or none with a finding; keys that are not known are warned of.
    mutating func object(_ node: Node?, known: Set<String>? = nil, like example: String) -> [String: Node] {
        guard let node else { return [:] }
        guard case .object(let object) = node.value else {
            report(node, expected: "an object", advice: "write it as \(example)")
            return [:]
        }
        var children: [String: Node] = [:]
        for member in object.members {
            let path = node.path.key(member.key)
            if let known, !known.contains(member.key) {
                report(
                    .warning, at: path, atKey: true, expected: "one of " + known.sorted().joined(separator: ", "),
                    found: "\"\(Self.excerpt(member.key))\"", advice: "check the spelling; Amx ignores this member")
            }
            children[member.key] = Node(value: member.value, path: path)
        }
        return children
    }

    /// The elements of an array, or none with a finding.
    mutating func list(_ node: Node?, of elements: String) -> [Node] {
        guard let node else { return [] }
        guard case .array(let values) = node.value else {
            report(node, expected: "an array of \(elements)", advice: "put the value in brackets: […]")
            return []
        }
        return values.enumerated().map { Node(value: $1, path: node.path.index($0)) }
    }

    /// A string without control characters (in `multiline` text, tabs and line breaks are allowed), or nil with a finding.
    mutating func text(
        _ node: Node?, multiline: Bool = false, allowEmpty: Bool = true, maximum: Int = 65_536
    ) -> String? {
        guard let node else { return nil }
        guard case .string(let text) = node.value else {
            report(node, expected: "a string", advice: "put the value in double quotes")
            return nil
        }
        guard allowEmpty || !text.isEmpty else {
            report(node, expected: "a string that is not empty", advice: "fill it in")
            return nil
        }
        guard text.utf8.count <= maximum else {
            report(
                at: node.path, expected: "at most \(maximum) bytes", found: "\(text.utf8.count)", advice: "shorten it")
            return nil
        }
        // Most texts are plain, and looking a character's category up costs more than reading it.
        let isClean =
            text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
            || text.unicodeScalars.allSatisfy { scalar in
                scalar.properties.generalCategory != .control || multiline && ["\n", "\r", "\t"].contains(scalar)
            }
        guard isClean else {
            report(node, expected: "text without control characters", advice: "remove them")
            return nil
        }
        return text
    }

    /// An array's strings, none of them empty; those that are wrong are left out, with a finding each.
    mutating func texts(_ node: Node?) -> [String] {
        list(node, of: "strings").compactMap { text($0, allowEmpty: false) }
    }

    /// A string that is one of an enumeration's, or nil with a finding.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: Node?, advice: String = "choose one of them"
    ) -> Choice? where Choice.RawValue == String {
        guard let node else { return nil }
        if case .string(let text) = node.value, let choice = Choice.allCases.first(where: { $0.rawValue == text }) {
            return choice
        }
        let names = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        report(node, expected: "one of \(names)", advice: advice)
        return nil
    }

    /// A boolean that is false where it is left out, or nil with a finding.
    mutating func flag(_ node: Node?) -> Bool? {
        guard let node else { return false }
        guard case .bool(let value) = node.value else {
            report(node, expected: "true or false", advice: "write it without quotes")
            return nil
        }
        return value
    }

    /// A whole number in a range, or nil with a finding.
    mutating func whole(_ node: Node?, in range: ClosedRange<Int>, of unit: String, like example: Int) -> Int? {
        guard let node else { return nil }
        if let number = node.value.integer.flatMap(Int.init(exactly:)), range.contains(number) { return number }
        report(
            node, expected: "a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)",
            advice: "write it as \(example), without quotes")
        return nil
    }

    /// Reports a member that must be there.
    mutating func require(
        _ key: String, in children: [String: Node], of path: JSONPath, expected: String, advice: String
    ) {
        require(key, as: children[key], of: path, expected: expected, advice: advice)
    }

    /// The same of one that has been looked up.
    mutating func require(_ key: String, as member: Node?, of path: JSONPath, expected: String, advice: String) {
        guard member == nil else { return }
        report(at: path.key(key), expected: expected, found: "nothing", advice: advice)
    }
}
