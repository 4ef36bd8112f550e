import Capsules
import TestSupport
import Testing

/// Whether Python has the module that is asked.
private let hasModule = (try? Tool.run("python3", ["-c", "import jsonschema"]).status) == 0

/// What Python's `jsonschema` says of the same schemas and values.
@Suite(.enabled(if: hasModule, "python3 has no module 'jsonschema' here"))
struct SchemaOracleTests {
    /// Lines of `[draft, schema, values]` become lines of truths.
    private static let script = """
        import json, sys
        import jsonschema
        kinds = {7: jsonschema.Draft7Validator, 2020: jsonschema.Draft202012Validator}
        for line in sys.stdin:
            draft, schema, values = json.loads(line)
            checker = kinds[draft](schema)
            print(json.dumps([checker.is_valid(value) for value in values]))
        """

    private func answers(_ questions: [JSONValue]) throws -> [[Bool]] {
        let input = questions.map { JSONWriter.text($0) + "\n" }.joined()
        let outcome = try Tool.run("python3", ["-c", Self.script], input: Array(input.utf8))
        #expect(outcome.status == 0, "\(outcome.errors.suffix(2000))")
        return try outcome.text.split(separator: "\n").map {
            try SchemaRow.json(String($0)).array?.compactMap(\.bool) ?? []
        }
    }

    /// Where floating point is not what the digits say, the rows differ from Python on purpose.
    @Test func agreesWithTheTables() throws {
        let rows = SchemaRow.all.filter { !$0.schema.contains("multipleOf") }
        let answers = try answers(
            rows.map { row in
                let values = try (row.takes + row.refuses).map(SchemaRow.json)
                return [row.isDraft7 ? 7 : 2020, try SchemaRow.json(row.schema), .array(values)]
            })
        #expect(answers.count == rows.count)
        for (row, answer) in zip(rows, answers) {
            let expected = row.takes.map { _ in true } + row.refuses.map { _ in false }
            #expect(answer == expected, "\(row.schema): \(row.takes + row.refuses)")
        }
    }

    /// A check by a schema, or nil where it comes back to itself, for which Python recurses without end.
    private static func check(_ schema: JSONValue) throws -> SchemaCheck? {
        do {
            return try SchemaCheck(schema, matcher: SchemaRow.matcher)
        } catch SchemaFault.endless {
            return nil
        }
    }

    @Test(arguments: 0..<4) func agreesOnRandomSchemas(seed: UInt64) throws {
        var random = RandomSchema(seed: seed)
        var (questions, own): ([JSONValue], [[Bool]]) = ([], [])
        while questions.count < 700 {
            let schema = random.document()
            guard let check = try Self.check(schema) else { continue }
            #expect(check.unchecked.isEmpty)
            let values = (0..<12).map { _ in random.value() }
            questions.append([2020, schema, .array(values)])
            own.append(try values.map { try check.problems(in: $0).isEmpty })
        }
        let answers = try answers(questions)
        #expect(answers.count == own.count)
        for (index, pair) in zip(own, answers).enumerated() where pair.0 != pair.1 {
            Issue.record("\(JSONWriter.text(questions[index])): \(pair)")
        }
        let truths = own.joined()
        #expect(truths.count { $0 } > 1_000 && truths.count { !$0 } > 1_000)
    }
}
