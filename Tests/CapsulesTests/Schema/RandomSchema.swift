import Capsules
import TestSupport

/// Random schemas of all keywords, and random values that they may or may not take.
struct RandomSchema {
    private var random: SeededGenerator
    private static let names = ["a", "b", "ab", "é"]
    private static let patterns = ["^a", "b$", "a.*b", "^[a-b]+$", "."]
    private static let types = ["object", "array", "string", "number", "integer", "boolean", "null"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func pick<Element>(_ all: [Element]) -> Element { all[number(0...(all.count - 1))] }

    private mutating func list(_ range: ClosedRange<Int>, _ make: (inout RandomSchema) -> JSONValue) -> JSONValue {
        .array((0..<number(range)).map { _ in make(&self) })
    }

    private mutating func map(_ keys: [String], _ make: (inout RandomSchema) -> JSONValue) -> JSONValue {
        let chosen = keys.shuffled(using: &random).prefix(number(1...2))
        return .object(JSONObject(chosen.map { ($0, make(&self)) }))
    }

    // MARK: Values

    /// A small value.
    mutating func value(depth: Int = 0) -> JSONValue {
        switch number(0...(depth > 2 ? 6 : 12)) {
        case 0: .null
        case 1: .bool(number(0...1) == 0)
        case 2, 3: .integer(Int64(number(-3...4)))
        case 4: .double(Double(number(-8...12)) / 4)
        case 5, 6: .string(pick(["", "a", "b", "ab", "ba", "aab", "é", "e\u{301}", "😀😀"]))
        case 7, 8, 9: list(0...3) { $0.value(depth: depth + 1) }
        default:
            .object(
                JSONObject(
                    Self.names.shuffled(using: &random).prefix(number(0...3)).map { ($0, value(depth: depth + 1)) }))
        }
    }

    // MARK: Schemas

    /// A schema with others to refer to.
    mutating func document() -> JSONValue {
        var schema = self.schema(depth: 0).object ?? JSONObject([("$ref", "#/$defs/x")])
        schema["$defs"] = .object(JSONObject([("x", self.schema(depth: 1)), ("y", self.schema(depth: 2))]))
        return .object(schema)
    }

    /// The same with some of its parts in other places, or others in theirs.
    mutating func spoiled(_ schema: JSONValue) -> JSONValue {
        if number(0...11) == 0 { return number(0...1) == 0 ? value() : self.schema(depth: 2) }
        switch schema {
        case .array(let elements): return .array(elements.map { spoiled($0) })
        case .object(let object):
            let keys = object.keys
            return .object(
                JSONObject(object.members.map { (number(0...15) == 0 ? pick(keys) : $0.key, spoiled($0.value)) }))
        default: return schema
        }
    }

    private mutating func schema(depth: Int) -> JSONValue {
        if number(0...15) == 0 { return .bool(number(0...1) == 0) }
        var members: [(String, JSONValue)] = []
        for _ in 0..<number(1...(depth == 0 ? 4 : 3)) { members += keyword(depth: depth) }
        return .object(JSONObject(members))
    }

    private mutating func keyword(depth: Int) -> [(String, JSONValue)] {
        let bound = JSONValue.double(Double(number(-6...10)) / 4)
        let count = JSONValue.integer(Int64(number(0...3)))
        func below(_ self: inout RandomSchema) -> JSONValue { self.schema(depth: depth + 1) }
        func names(_ self: inout RandomSchema) -> JSONValue {
            .strings(Self.names.shuffled(using: &self.random).prefix(self.number(0...2)))
        }
        switch number(0...(depth > 2 ? 15 : 33)) {
        case 0: return [("type", .string(pick(Self.types)))]
        case 1: return [("type", .strings(Self.types.shuffled(using: &random).prefix(number(1...4))))]
        case 2: return [("enum", list(1...4) { $0.value(depth: 1) })]
        case 3: return [("const", value(depth: 1))]
        case 4: return [(pick(["minimum", "exclusiveMinimum"]), bound)]
        case 5: return [(pick(["maximum", "exclusiveMaximum"]), bound)]
        case 6: return [("multipleOf", pick([1, 2, 3, 0.5, 0.25]))]
        case 7: return [(pick(["minLength", "maxLength"]), count)]
        case 8: return [("pattern", .string(pick(Self.patterns)))]
        case 9: return [(pick(["minItems", "maxItems"]), count)]
        case 10: return [("uniqueItems", .bool(number(0...3) > 0))]
        case 11: return [(pick(["minProperties", "maxProperties"]), count)]
        case 12: return [("required", names(&self))]
        case 13: return [("dependentRequired", map(Self.names, names))]
        case 14, 15: return [("$ref", pick(["#/$defs/x", "#/$defs/y", "#"]))]
        case 16, 17: return [("properties", map(Self.names, below))]
        case 18: return [("properties", map(Self.names, below)), ("additionalProperties", below(&self))]
        case 19: return [("patternProperties", map(Self.patterns, below))]
        case 20: return [("patternProperties", map(Self.patterns, below)), ("additionalProperties", below(&self))]
        case 21: return [("propertyNames", below(&self))]
        case 22: return [("items", below(&self))]
        case 23: return [("prefixItems", list(1...2, below))]
        case 24: return [("prefixItems", list(1...2, below)), ("items", below(&self))]
        case 25: return [("contains", below(&self))]
        case 26: return [("contains", below(&self)), (pick(["minContains", "maxContains"]), count)]
        case 27: return [("allOf", list(1...3, below))]
        case 28: return [("anyOf", list(1...3, below))]
        case 29: return [("oneOf", list(1...3, below))]
        case 30: return [("not", below(&self))]
        case 31: return [("if", below(&self)), ("then", below(&self)), ("else", below(&self))]
        case 32: return [("if", below(&self)), (pick(["then", "else"]), below(&self))]
        default: return [("dependentSchemas", map(Self.names, below))]
        }
    }
}
