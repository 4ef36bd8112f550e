import Capsules
import Testing

/// A schema, with values that it takes and values that it does not.
struct SchemaRow: Sendable, CustomTestStringConvertible {
    let schema: String
    let takes: [String]
    let refuses: [String]
    /// Where an older draft says otherwise than draft 2020-12.
    let isDraft7: Bool

    init(_ schema: String, takes: [String] = [], refuses: [String] = [], isDraft7: Bool = false) {
        (self.schema, self.takes, self.refuses, self.isDraft7) = (schema, takes, refuses, isDraft7)
    }

    var testDescription: String { schema }

    /// All of all tables.
    static let all = SchemaValueTests.rows + SchemaPartTests.rows + SchemaCombinationTests.rows

    /// Looks for patterns as Swift understands them.
    static func matcher(_ pattern: String) -> SchemaCheck.Matcher? {
        guard (try? Regex(pattern)) != nil else { return nil }
        return { text in (try? Regex(pattern)).map { text.contains($0) } }
    }

    static func json(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    /// Checks all its values.
    func check() throws {
        let check = try SchemaCheck(Self.json(schema), matcher: Self.matcher)
        for value in takes {
            let problems = try check.problems(in: Self.json(value))
            #expect(problems.isEmpty, "\(schema) takes \(value): \(problems)")
        }
        for value in refuses {
            #expect(try !check.problems(in: Self.json(value)).isEmpty, "\(schema) does not take \(value)")
        }
    }
}
