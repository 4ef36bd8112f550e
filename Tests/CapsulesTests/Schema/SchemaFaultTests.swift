import Capsules
import Foundation
import Objects
import Testing

/// Schemas that are none, and checks that are stopped.
@Suite struct SchemaFaultTests {
    @Test(arguments: [
        ("1", "$: expected a schema: an object, true or false"),
        (#"{"type": "text"}"#, #"$.type: expected names of types, such as "string""#),
        (#"{"type": []}"#, #"$.type: expected names of types, such as "string""#),
        (#"{"type": ["string", 1]}"#, #"$.type: expected names of types, such as "string""#),
        (#"{"enum": "a"}"#, "$.enum: expected an array"),
        (#"{"minimum": "1"}"#, "$.minimum: expected a number"),
        (#"{"exclusiveMinimum": true}"#, "$.exclusiveMinimum: expected a number"),
        (#"{"multipleOf": 0}"#, "$.multipleOf: expected a number above 0"),
        (#"{"multipleOf": -2}"#, "$.multipleOf: expected a number above 0"),
        (#"{"minLength": -1}"#, "$.minLength: expected a whole number, at least 0"),
        (#"{"maxItems": 1.5}"#, "$.maxItems: expected a whole number, at least 0"),
        (#"{"contains": {}, "minContains": null}"#, "$.minContains: expected a whole number, at least 0"),
        (#"{"pattern": 1}"#, "$.pattern: expected a string"),
        (#"{"uniqueItems": 1}"#, "$.uniqueItems: expected true or false"),
        (#"{"required": "a"}"#, "$.required: expected an array of strings"),
        (#"{"properties": {"a": {"required": ["a", 1]}}}"#, "$.properties.a.required: expected an array of strings"),
        (#"{"properties": []}"#, "$.properties: expected an object"),
        (#"{"properties": {"a": null}}"#, "$.properties.a: expected a schema: an object, true or false"),
        (#"{"items": 3}"#, "$.items: expected a schema: an object, true or false"),
        (#"{"prefixItems": {}}"#, "$.prefixItems: expected an array of schemas"),
        (#"{"anyOf": []}"#, "$.anyOf: expected an array of schemas"),
        (#"{"dependentRequired": {"a": "b"}}"#, "$.dependentRequired.a: expected an array of strings"),
        (#"{"if": {}, "then": 1}"#, "$.then: expected a schema: an object, true or false"),
        (#"{"$ref": 1}"#, "$.$ref: expected a string"),
        (##"{"$ref": "#/$defs/a", "$defs": {"a": "b"}}"##, "$.$defs.a: expected a schema: an object, true or false"),

        (##"{"items": {"$ref": "#/$defs/a"}}"##, "$.items.$ref: '#/$defs/a' is nothing in this schema"),
        (##"{"$ref": "#/$defs/a/b", "$defs": {"a": true}}"##, "$.$ref: '#/$defs/a/b' is nothing in this schema"),
        (##"{"$ref": "#/allOf/1", "allOf": [{}]}"##, "$.$ref: '#/allOf/1' is nothing in this schema"),
        (##"{"$ref": "#/allOf/00", "allOf": [{}]}"##, "$.$ref: '#/allOf/00' is nothing in this schema"),
        (##"{"$ref": "#/allOf/-1", "allOf": [{}]}"##, "$.$ref: '#/allOf/-1' is nothing in this schema"),
        (##"{"$ref": "#a%2"}"##, "$.$ref: '#a%2' is nothing in this schema"),
        (##"{"$ref": "#name"}"##, "$.$ref: '#name' is nothing in this schema"),
        (#"{"$ref": "https://example.com/s.json"}"#, "$.$ref: 'https://example.com/s.json' is nothing in this schema"),
        (#"{"$ref": ""}"#, "$.$ref: '' is nothing in this schema"),

        (##"{"$ref": "#"}"##, "$ comes back to itself"),
        (##"{"items": {"allOf": [{"$ref": "#/items"}]}}"##, "$.items comes back to itself"),
        (
            ##"{"properties": {"p": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"not": {"$ref": "#/$defs/b"}}, "b": {"if": {"$ref": "#/$defs/a"}, "else": {}}}}"##,
            "$.$defs.a comes back to itself"
        ),
        (##"{"dependentSchemas": {"a": {"anyOf": [{}, {"$ref": "#"}]}}}"##, "$ comes back to itself"),
    ])
    func refuses(schema: String, message: String) throws {
        let schema = try SchemaRow.json(schema)
        let fault = try #require(throws: SchemaFault.self) { try SchemaCheck(schema, matcher: SchemaRow.matcher) }
        #expect(fault.description == message)
        let error = fault.error(of: "the tool 't'")
        #expect(error.message == "cannot check by the schema of the tool 't': \(message)")
        #expect(error.code == .failure && error.hint == fault.hint)
    }

    /// Whatever stands where in a schema, reading it and checking by it come to an end.
    @Test(arguments: 0..<4) func survivesWhatIsNoSchema(seed: UInt64) throws {
        var random = RandomSchema(seed: seed)
        var (faults, problems) = (0, 0)
        for _ in 0..<2_000 {
            guard let check = try? SchemaCheck(random.spoiled(random.document()), matcher: SchemaRow.matcher) else {
                faults += 1
                continue
            }
            for _ in 0..<3 { problems += try check.problems(in: random.value()).count }
        }
        #expect(faults > 100 && problems > 100)
    }

    // MARK: Bounds

    /// Definitions of which each leads twice to the next: two to the power of 40 ways, by few schemas.
    private static func doubling(_ keyword: String, to last: JSONValue) -> JSONValue {
        var definitions: [(String, JSONValue)] = [("d40", last)]
        for index in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/d\(index + 1)")]
            definitions.append(("d\(index)", .object(JSONObject([(keyword, .array([next, next]))]))))
        }
        return ["$ref": "#/$defs/d0", "$defs": .object(JSONObject(definitions))]
    }

    @Test(
        arguments: [
            ("allOf", true), ("anyOf", false), ("oneOf", true), ("oneOf", false),
        ] as [(String, JSONValue)])
    func stopsWhatWouldGoOnForEver(keyword: String, last: JSONValue) throws {
        let check = try SchemaCheck(Self.doubling(keyword, to: last))
        #expect(throws: SchemaFault.tooMuchWork(at: .root)) { try check.problems(in: 1) }
    }

    @Test func countsWhatIsCompared() throws {
        let bounds = SchemaBounds(steps: 10_000)
        let elements = JSONValue.array((0..<5_000).map { JSONValue.integer($0) })
        let rows: [(JSONValue, JSONValue, Bool)] = [
            (["items": ["type": "integer"]], elements, true),
            (["uniqueItems": true], elements, false),
            (["allOf": [["uniqueItems": true], ["uniqueItems": true], ["uniqueItems": true]]], elements, true),
            (["maxLength": 1], .string(String(repeating: "x", count: 100_000)), false),
            (["maxLength": 1], .string(String(repeating: "x", count: 1_000_000)), true),
            (["enum": [1]], .array(Array(repeating: elements, count: 3)), true),
            (["required": .strings((0..<10_000).map { "m\($0)" })], [:], true),
        ]
        for (schema, value, isStopped) in rows {
            let check = try SchemaCheck(schema, bounds: bounds)
            if isStopped {
                let fault = #expect(throws: SchemaFault.self) { try check.problems(in: value) }
                guard case .tooMuchWork? = fault else {
                    Issue.record("\(JSONWriter.text(schema)): \(String(describing: fault))")
                    continue
                }
            } else {
                _ = try check.problems(in: value)
            }
        }
        // What takes no time is not counted: the same with members that are not named.
        let members = JSONObject((0..<4_000).map { ("m\($0)", JSONValue.null) })
        _ = try SchemaCheck(["required": ["m1", "m3999"]], bounds: bounds).problems(in: .object(members))
    }

    @Test func stopsAMatcherThatGivesUp() throws {
        let check = try SchemaCheck(["items": ["pattern": "a"]]) { _ in { $0.isEmpty ? nil : true } }
        #expect(try check.problems(in: ["b"]).isEmpty)
        #expect(throws: SchemaFault.tooMuchWork(at: JSONPath.root.index(1))) { try check.problems(in: ["b", ""]) }
    }

    /// As deep as may be takes a quarter of a usual stack at most, also without optimisation.
    @Test func goesAsDeepAsItMay() throws {
        func chain(_ count: Int) -> JSONValue {
            var definitions: [(String, JSONValue)] = [("d\(count)", ["type": "string"])]
            for index in 0..<count {
                definitions.append(("d\(index)", ["anyOf": [["$ref": .string("#/$defs/d\(index + 1)")]]]))
            }
            return ["$ref": "#/$defs/d0", "$defs": .object(JSONObject(definitions))]
        }
        let (fits, tooDeep) = (try SchemaCheck(chain(127)), try SchemaCheck(chain(128)))
        @Sendable func outcome(_ check: SchemaCheck) -> String {
            do { return "\(try check.problems(in: 1).count)" } catch { return "\(error)" }
        }
        let (outcomes, done) = (Monitor<[String]>([]), DispatchSemaphore(value: 0))
        let thread = Thread {
            outcomes.withLock { $0.state = [outcome(fits), outcome(tooDeep)] }
            done.signal()
        }
        thread.stackSize = 2048 << 10
        thread.start()
        done.wait()
        #expect(outcomes.withLock { $0.state } == ["1", "checking $ goes too deep"])
    }

    @Test func readsNoMoreSchemasThanItMay() throws {
        func schema(_ count: Int) -> JSONValue {
            ["properties": .object(JSONObject((0..<count).map { ("m\($0)", JSONValue.bool(true)) }))]
        }
        let bounds = SchemaBounds(schemas: 10)
        _ = try SchemaCheck(schema(9), bounds: bounds)
        #expect(throws: SchemaFault.tooManySchemas(limit: 10)) { try SchemaCheck(schema(10), bounds: bounds) }
        // A long chain of references is read without recursion.
        var definitions: [(String, JSONValue)] = [("d20000", true)]
        for index in 0..<20_000 { definitions.append(("d\(index)", ["$ref": .string("#/$defs/d\(index + 1)")])) }
        let long = try SchemaCheck(["$ref": "#/$defs/d0", "$defs": .object(JSONObject(definitions))])
        #expect(throws: SchemaFault.tooDeep(at: .root)) { try long.problems(in: 1) }
    }
}
