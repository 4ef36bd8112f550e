import Foundation
import TestSupport

/// A JSON value that tests look into; what is missing is `null`.
enum JSONNode: Hashable, Sendable, Decodable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONNode])
    case object([String: JSONNode])

    /// Reads a program's output.
    init(_ bytes: [UInt8]) throws {
        do { self = try JSONDecoder().decode(JSONNode.self, from: Data(bytes)) } catch {
            throw TestFailure("not JSON: \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let int = try? value.decode(Int.self) {
            self = .int(int)
        } else if let double = try? value.decode(Double.self) {
            self = .double(double)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONNode].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONNode].self))
        }
    }

    subscript(_ key: String) -> JSONNode {
        guard case .object(let members) = self else { return .null }
        return members[key] ?? .null
    }

    subscript(_ index: Int) -> JSONNode { array.indices.contains(index) ? array[index] : .null }

    var string: String? { if case .string(let string) = self { string } else { nil } }
    var int: Int? { if case .int(let int) = self { int } else { nil } }
    var double: Double? { if case .double(let double) = self { double } else { int.map { Double($0) } } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    var array: [JSONNode] { if case .array(let array) = self { array } else { [] } }
}

extension JSONNode: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .string(value) }
}
