import Capsules
import TestSupport
import Testing

@Suite("Differences: JSON values")
struct JSONDifferenceTests {
    @Test(
        "names each place with its old and new value",
        arguments: [
            ("1", "1", []), ("1", "2", ["~ $ 1 2"]), ("1", "1.0", ["~ $ 1 1.0"]), ("null", "false", ["~ $ null false"]),
            (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, []), (#"{"a":1}"#, #"{"b":1}"#, ["- $.a 1 -", "+ $.b - 1"]),
            (#"{"a":{"b":[1,2]}}"#, #"{"a":{"b":[1,3]}}"#, ["~ $.a.b[1] 2 3"]),
            ("[1,2,3]", "[1,3]", ["- $[1] 2 -"]), ("[1,3]", "[1,2,3]", ["+ $[1] - 2"]),
            ("[1,2]", "[]", ["- $[0] 1 -", "- $[1] 2 -"]),
            ("[1]", "{}", ["~ $ [1] {}"]), (#"{"a":null}"#, "{}", ["- $.a null -"]),
            // By id, wherever they stand.
            (
                #"[{"id":"a","v":1},{"id":"b","v":1}]"#, #"[{"id":"b","v":1},{"id":"a","v":2}]"#,
                [#"> $[0] {"id":"b","v":1} {"id":"b","v":1}"#, "~ $[1].v 1 2"]
            ),
            (
                #"[{"id":"a","v":1},{"id":"b","v":1}]"#, #"[{"id":"b","v":2}]"#,
                [#"- $[0] {"id":"a","v":1} -"#, "~ $[0].v 1 2"]
            ),
            // An id that stands twice tells nothing apart.
            (#"[{"id":1},{"id":1}]"#, #"[{"id":1}]"#, [#"- $[1] {"id":1} -"#]),
            (#"[{"x":1,"y":1},{"x":2}]"#, #"[{"x":1,"y":2},{"x":2}]"#, ["~ $[0].y 1 2"]),
            (#"{"é":1,"e\u0301":1}"#, #"{"é":1,"e\u0301":2}"#, ["~ $[\"e\u{301}\"] 1 2"]),
        ] as [(String, String, [String])])
    func differs(old: String, new: String, changes: [String]) throws {
        let difference = JSONDifference(try JSONParser.parse(old), try JSONParser.parse(new))
        let texts = difference.changes.map { change in
            let mark =
                switch change.operation {
                case .create: "+"
                case .update: "~"
                case .delete: "-"
                case .move: ">"
                }
            return
                "\(mark) \(change.path) \(change.old.map { JSONWriter.text($0) } ?? "-") \(change.new.map { JSONWriter.text($0) } ?? "-")"
        }
        #expect(texts.map { Array($0.utf8) } == changes.map { Array($0.utf8) })
        #expect(difference.count == changes.count)
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> JSONValue {
        switch Int.random(in: 0...(depth > 3 ? 3 : 6), using: &random) {
        case 0: return .null
        case 1: return .integer(Int64.random(in: 0...3, using: &random))
        case 2: return .string(["a", "b", "c"].randomElement(using: &random) ?? "a")
        case 3: return .bool(Bool.random(using: &random))
        case 4:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth: depth + 1) })
        case 5:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { index in
                    [
                        "id": .count((index * 7 + Int.random(in: 0...1, using: &random)) % 5),
                        "v": value(&random, depth: depth + 1),
                    ]
                })
        default:
            return .object(
                JSONObject(
                    (0..<Int.random(in: 0...4, using: &random)).map { _ in
                        (["x", "y", "z", "id"].randomElement(using: &random) ?? "x", value(&random, depth: depth + 1))
                    }))
        }
    }

    private static func find(_ path: JSONPath, in value: JSONValue) -> JSONValue? {
        path.steps.reduce(Optional(value)) { value, step in
            switch step {
            case .key(let key): value?[key]
            case .index(let index): value?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            }
        }
    }

    @Test("what it names is there, and there is nothing exactly when the values are the same, on random values")
    func isTrue() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<3_000 {
            let (old, new) = (Self.value(&random, depth: 0), Self.value(&random, depth: 0))
            let difference = JSONDifference(old, new)
            #expect(
                difference.changes.isEmpty == (JSONWriter.bytes(old, .canonical) == JSONWriter.bytes(new, .canonical)))
            #expect(JSONDifference(old, old).count == 0)
            for change in difference.changes {
                switch change.operation {
                case .create: #expect(Self.find(change.path, in: new) == change.new)
                case .delete: #expect(Self.find(change.path, in: old) == change.old)
                case .update: #expect(Self.find(change.path, in: new) == change.new && change.old != change.new)
                case .move:
                    #expect(change.movedFrom.flatMap { Self.find($0, in: old) } == change.old)
                    #expect(Self.find(change.path, in: new) == change.new)
                }
            }
        }
    }

    @Test("large arrays cost no quadratic time, and more changes than are listed are counted")
    func isBounded() {
        let old = JSONValue.array((0..<50_000).map { .count($0) })
        let new = JSONValue.array((0..<50_000).map { .count($0 + ($0 % 2) * 100_000) })
        let difference = JSONDifference(old, new)
        #expect(difference.count == 25_000)
        #expect(difference.changes.count == JSONDifference.maximumChanges)
    }
}
