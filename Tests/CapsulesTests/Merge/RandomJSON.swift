import Capsules
import TestSupport

/// Random documents with all that merging tells apart: members, sets, elements with an identity, and plain arrays.
struct RandomJSON {
    private var random: SeededGenerator
    private static let keys = ["id", "name", "version", "priority", "tags", "args", "rules", "a", "b", "é", "e\u{301}"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func document() -> JSONValue { object(depth: 0) }

    private mutating func object(depth: Int) -> JSONValue {
        var members: [(String, JSONValue)] = []
        for key in Self.keys.shuffled(using: &random).prefix(number(1...6)) {
            members.append((key, value(depth: depth + 1)))
        }
        return .object(JSONObject(members))
    }

    private mutating func value(depth: Int) -> JSONValue {
        switch number(0...(depth > 3 ? 4 : 9)) {
        case 0: .integer(Int64(number(0...3)))
        case 1: .double(Double(number(0...3)) / 4)
        case 2: .string(["x", "y \"quoted\"", "z\n", "1.0.\(number(0...3))"][number(0...3)])
        case 3: .bool(number(0...1) == 0)
        case 4: .null
        case 5: .strings(["p", "q", "r", "s", "t"].shuffled(using: &random).prefix(number(0...4)))
        case 6, 7: .array(elements(depth: depth))
        default: object(depth: depth)
        }
    }

    private mutating func elements(depth: Int) -> [JSONValue] {
        let names = ["one", "two", "three", "four"].shuffled(using: &random).prefix(number(0...4))
        let isNamed = number(0...3) > 0
        return names.map { name in
            isNamed
                ? .object(JSONObject([("id", .string(name)), ("v", value(depth: depth + 2))])) : value(depth: depth + 2)
        }
    }

    /// The same document with a few changes somewhere in it.
    mutating func changed(_ value: JSONValue) -> JSONValue {
        var result = value
        for _ in 0..<number(0...3) { result = changedOnce(result, depth: 0) }
        return result
    }

    private mutating func changedOnce(_ value: JSONValue, depth: Int) -> JSONValue {
        switch value {
        case .object(var object):
            guard let key = object.keys.randomElement(using: &random), number(0...4) > 0 else {
                object[Self.keys[number(0...(Self.keys.count - 1))]] = self.value(depth: depth + 1)
                return .object(object)
            }
            if number(0...4) == 0 {
                object[key] = nil
            } else if let member = object[key] {
                object[key] = changedOnce(member, depth: depth + 1)
            }
            return .object(object)
        case .array(var elements):
            if elements.isEmpty { return .array(self.elements(depth: depth)) }
            let place = number(0...(elements.count - 1))
            switch number(0...3) {
            case 0: elements.remove(at: place)
            case 1: elements.swapAt(place, 0)
            default: elements[place] = changedOnce(elements[place], depth: depth + 1)
            }
            return .array(elements)
        default: return self.value(depth: depth)
        }
    }

    /// A value with members and elements in one order, so that only what is there counts.
    static func sorted(_ value: JSONValue?) -> JSONValue? {
        switch value {
        case .object(let object)?:
            let members = object.members.map { ($0.key, sorted($0.value) ?? .null) }
            return .object(JSONObject(members.sorted { Array($0.0.utf8).lexicographicallyPrecedes(Array($1.0.utf8)) }))
        case .array(let elements)?:
            let parts = elements.map { sorted($0) ?? .null }
            return .array(parts.sorted { JSONWriter.bytes($0).lexicographicallyPrecedes(JSONWriter.bytes($1)) })
        default: return value
        }
    }
}
