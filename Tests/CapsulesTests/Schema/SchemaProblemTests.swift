import Capsules
import Foundation
import Objects
import Testing

/// What is told of a value that a schema does not take.
@Suite struct SchemaProblemTests {
    private static let shapes = #"""
        {"oneOf": [
            {"properties": {"kind": {"const": "circle"}, "radius": {"minimum": 0}}, "required": ["kind", "radius"]},
            {"properties": {"kind": {"const": "square"}, "side": {"minimum": 0}}, "required": ["kind", "side"]}]}
        """#

    @Test(
        arguments: [
            (#"{"type": "string"}"#, "3", ["$: expected a string, found the number 3"]),
            (#"{"type": ["integer", "null"]}"#, "1.5", ["$: expected a whole number or null, found the number 1.5"]),
            (#"{"type": ["number", "integer"]}"#, "true", ["$: expected a number, found true"]),
            (#"{"type": "boolean"}"#, #""yes""#, [#"$: expected true or false, found "yes""#]),
            (#"{"enum": ["eu", "us"]}"#, #""ue""#, [#"$: expected one of "eu", "us", found "ue""#]),
            (
                #"{"enum": [1,2,3,4,5,6,7,8,9,10,11]}"#, "{}",
                [
                    "$: expected one of "
                        + (1...10).map { "the number \($0)" }.joined(separator: ", ") + ", …, found an object"
                ]
            ),
            (#"{"enum": []}"#, "1", ["$: expected nothing, found the number 1"]),
            (#"{"const": "a"}"#, "null", [#"$: expected "a", found null"#]),
            (
                #"{"minimum": 1, "multipleOf": 2}"#, "-3",
                ["$: expected at least 1, found -3", "$: expected a multiple of 2, found -3"]
            ),
            (#"{"exclusiveMaximum": 1.5}"#, "1.5", ["$: expected less than 1.5, found 1.5"]),
            (#"{"minLength": 2}"#, #""é""#, ["$: expected at least 2 characters, found 1"]),
            (#"{"pattern": "^a"}"#, #""b\n""#, [#"$: expected a text that matches ^a, found "b\n""#]),
            (
                #"{"items": {"type": "string"}}"#, #"["a", 1, null]"#,
                [
                    "$[1]: expected a string, found the number 1", "$[2]: expected a string, found null",
                ]
            ),
            (#"{"prefixItems": [{}], "items": false}"#, "[1, 2, 3]", ["$: expected at most 1 elements, found 3"]),
            (
                #"{"uniqueItems": true}"#, "[1, 2, 1.0]",
                ["$[2]: expected another element than that at [0], found the number 1.0"]
            ),
            (
                #"{"contains": {"const": 1}, "maxContains": 1}"#, "[1, 1]",
                ["$: expected at most 1 elements that 'contains' takes, found 2"]
            ),
            (
                #"{"required": ["a", "b c"]}"#, "{}",
                [
                    "$.a: expected a value: it is required, found nothing",
                    #"$["b c"]: expected a value: it is required, found nothing"#,
                ]
            ),
            (
                #"{"dependentRequired": {"a": ["b"]}}"#, #"{"a": 1}"#,
                ["$.b: expected a value: 'a' requires it, found nothing"]
            ),
            (
                #"{"additionalProperties": false, "properties": {"a": {}}}"#, #"{"a": 1, "b": "x"}"#,
                [
                    #"$.b: expected no member of this name, found "x""#
                ]
            ),
            (#"{"properties": {"a": false}}"#, #"{"a": []}"#, ["$.a: expected no value, found an array"]),
            (
                #"{"propertyNames": {"maxLength": 1}}"#, #"{"ab": 1}"#,
                ["$.ab: expected in its name, at most 1 characters, found 2"]
            ),
            (
                #"{"properties": {"a": {"items": {"properties": {"b": {"type": "null"}}}}}}"#,
                #"{"a": [{}, {"b": 1}]}"#,
                [
                    "$.a[1].b: expected null, found the number 1"
                ]
            ),
            (#"{"not": {"type": "null"}}"#, "null", ["$: expected what the schema of 'not' does not take, found null"]),
            (
                #"{"oneOf": [true, {"minimum": 1}, {"type": "null"}]}"#, "1",
                [
                    "$: expected what only one of the 3 schemas of 'oneOf' takes, found what 2 of them take"
                ]
            ),
            // Of two schemas with the same problem one tells it.
            (
                #"{"allOf": [{"type": "string"}, {"type": "string"}]}"#, "1",
                ["$: expected a string, found the number 1"]
            ),
            // No kind fits.
            (
                #"{"anyOf": [{"type": "string"}, {"const": 7}, {"type": "string", "minLength": 3}]}"#, "true",
                [
                    "$: expected a string or the number 7, found true"
                ]
            ),
            (
                #"{"anyOf": [{"anyOf": [{"type": "null"}, {"type": "string"}]}, {"type": "array"}]}"#, "true",
                [
                    "$: expected null or a string or an array, found true"
                ]
            ),
            // One kind fits.
            (
                #"{"anyOf": [{"type": "object", "required": ["x"], "properties": {"y": {"enum": ["p", "q"]}}}, {"type": "null"}]}"#,
                #"{"y": 1}"#,
                [
                    "$.x: expected a value: it is required, found nothing",
                    #"$.y: expected one of "p", "q", found the number 1"#,
                ]
            ),
            // Several fit, of which a constant tells one.
            (shapes, #"{"kind": "square", "side": -1}"#, ["$.side: expected at least 0, found -1"]),
            (shapes, #"{"kind": "circle"}"#, ["$.radius: expected a value: it is required, found nothing"]),
            (shapes, #"{"kind": "oval"}"#, ["$: expected what one of the 2 schemas of 'oneOf' takes, found an object"]),
        ] as [(String, String, [String])])
    func tells(schema: String, value: String, expected: [String]) throws {
        let check = try SchemaCheck(SchemaRow.json(schema), matcher: SchemaRow.matcher)
        #expect(try check.problems(in: SchemaRow.json(value)).map(\.description) == expected)
    }

    @Test func tellsTwentyAtMost() throws {
        let check = try SchemaCheck(["items": ["type": "string", "minLength": 3]])
        #expect(try check.problems(in: .array(Array(repeating: 1, count: 19))).count == 19)
        let many = try check.problems(in: .array((0..<1_000).map { JSONValue.integer($0) }))
        #expect(many.count == SchemaCheck.maximumProblems)
        #expect(many.last?.path == JSONPath.root.index(19))
        // Each of several is told as far as there is room.
        let both = try SchemaCheck(["allOf": [["items": ["type": "string"]], ["items": ["type": "null"]]]])
        #expect(try both.problems(in: .array(Array(repeating: 1, count: 15))).count == 20)
        let names = try SchemaCheck(["propertyNames": ["maxLength": 1]])
        let members = (10..<50).map { ("k\($0)", JSONValue.null) }
        #expect(try names.problems(in: .object(JSONObject(members))).count == 20)
    }

    // MARK: What is not checked

    @Test(
        arguments: [
            (#"{"type": "string", "format": "uri", "default": "", "x-order": 1, "$schema": "s"}"#, []),
            (
                #"{"nullable": true, "properties": {"a": {"unevaluatedProperties": false}}}"#,
                [
                    "$.nullable", "$.properties.a.unevaluatedProperties",
                ]
            ),
            (
                #"{"pattern": "(a", "patternProperties": {"^a": {}, "(": {}}, "additionalProperties": false}"#,
                [
                    "$.pattern", #"$.patternProperties["("]"#, "$.additionalProperties",
                ]
            ),
            (##"{"$dynamicRef": "#/$defs/a", "$defs": {"a": {"unread": 1}}}"##, ["$.$dynamicRef"]),
        ] as [(String, [String])])
    func names(schema: String, expected: [String]) throws {
        let check = try SchemaCheck(SchemaRow.json(schema), matcher: SchemaRow.matcher)
        #expect(check.unchecked.map(\.description) == expected)
    }

    @Test func withoutPatternsNothingIsRefusedByThem() throws {
        let schema: JSONValue = [
            "pattern": "^a", "patternProperties": ["^a": false], "additionalProperties": false,
            "properties": ["b": false],
        ]
        let check = try SchemaCheck(schema)
        #expect(
            check.unchecked.map(\.description)
                == ["$.pattern", #"$.patternProperties["^a"]"#, "$.additionalProperties"])
        #expect(try check.problems(in: "b").isEmpty)
        #expect(try check.problems(in: ["a": 1, "c": 1]).isEmpty)
        #expect(try check.problems(in: ["b": 1]).count == 1)
        let many = JSONObject((0..<500).map { ("k\($0)", JSONValue.null) })
        #expect(try SchemaCheck(.object(many)).unchecked.count == 100)
    }

    /// What `docs/manifest.md` says that counts is in the tables of these tests.
    @Test func thePageNamesWhatCounts() throws {
        var root = #filePath
        for _ in 0..<4 { root = String(root.prefix(upTo: root.lastIndex(of: "/") ?? root.startIndex)) }
        let page = String(decoding: try FileContent.read("\(root)/docs/manifest.md") ?? [], as: UTF8.self)
        let section = try #require(
            page.components(separatedBy: "### Schemas\n").last?.components(separatedBy: "\n#")[0])
        let table = section.split(separator: "\n").filter { $0.hasPrefix("| ") }.joined()
        let names = table.split(separator: "`").filter { name in name.allSatisfy { $0.isLetter || $0 == "$" } }
        #expect(names.count == 36)
        for name in names {
            #expect(SchemaRow.all.contains { $0.schema.contains("\"\(name)\":") }, "\(name)")
        }
    }
}
