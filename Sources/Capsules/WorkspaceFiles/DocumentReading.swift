import Objects

/// Reads a JSON document of a workspace with all that is wrong in it collected, as a manifest is read.
enum DocumentReading {
    /// Parses, lets `body` walk the value, and gives its result with the warnings; throws when anything is an error.
    ///
    /// `limit` is the most bytes that the document may have.
    static func read<Result>(
        _ bytes: [UInt8], file: String, limit: Int, maximumDepth: Int = Limits.standard.jsonDepth,
        _ body: (inout ManifestReader, ManifestReader.Node) -> Result?
    ) throws(AmxError) -> (result: Result, warnings: [ManifestDiagnostic]) {
        guard bytes.count <= limit else {
            throw AmxError(
                .failure, "\(file) is too large: \(bytes.count) bytes, and at most \(limit) are read",
                hint: "restore it from the workspace's history")
        }
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes, maximumDepth: maximumDepth)
        } catch {
            throw ManifestProblems(diagnostics: [ManifestDiagnostic(error, in: file)]).error(in: file)
        }
        var reader = ManifestReader()
        let result = body(&reader, ManifestReader.Node(value: value, path: .root))
        let diagnostics = reader.findings.map { ManifestDiagnostic($0, in: file, bytes: bytes) }
        guard let result, !reader.hasErrors else { throw ManifestProblems(diagnostics: diagnostics).error(in: file) }
        return (result, diagnostics)
    }
    /// The same of a YAML document; its scalars are texts.
    static func readYAML<Result>(
        _ bytes: [UInt8], file: String, limit: Int, named name: String,
        _ body: (inout ManifestReader, ManifestReader.Node) -> Result?
    ) throws(AmxError) -> (result: Result, warnings: [ManifestDiagnostic]) {
        guard bytes.count <= limit else {
            throw AmxError(
                .failure, "\(file) is too large: \(bytes.count) bytes, and the limit '\(name)' is \(limit)",
                hint: "shorten it")
        }
        let (root, lines): (YAMLNode?, [JSONPath: Int])
        do throws(YAMLError) {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw YAMLError(reason: "it is not UTF-8", line: 1)
            }
            (root, lines) = try YAMLReader.document(text)
        } catch {
            throw ManifestProblems(diagnostics: [
                ManifestDiagnostic(
                    severity: .error, file: file, path: "$", line: error.line, column: 1, expected: "valid YAML",
                    found: error.reason, advice: "correct the line")
            ]).error(in: file)
        }
        var reader = ManifestReader()
        let result = body(&reader, ManifestReader.Node(value: JSONValue(root), path: .root))
        let diagnostics = reader.findings.map { finding in
            ManifestDiagnostic(
                severity: finding.severity, file: file, path: finding.path.description,
                line: line(of: finding.path, in: lines), column: 1, expected: finding.expected, found: finding.found,
                advice: finding.advice)
        }
        guard let result, !reader.hasErrors else { throw ManifestProblems(diagnostics: diagnostics).error(in: file) }
        return (result, diagnostics)
    }

    /// The line of a value, or of what should hold it.
    private static func line(of path: JSONPath, in lines: [JSONPath: Int]) -> Int {
        var steps = path.steps
        while true {
            if let line = lines[JSONPath(steps: steps)] { return line }
            guard steps.popLast() != nil else { return 1 }
        }
    }
}

extension JSONValue {
    /// A YAML document as JSON has it; scalars are texts.
    fileprivate init(_ node: YAMLNode?) {
        switch node {
        case .scalar(let text): self = .string(text)
        case .sequence(let elements): self = .array(elements.map { JSONValue($0) })
        case .mapping(let members):
            self = .object(
                JSONObject(distinct: members.map { JSONObject.Member(key: $0.key, value: JSONValue($0.value)) }))
        case nil: self = .null
        }
    }
}
