import Capsules
import Objects

/// The parameters of a call, by their names: what is missing, of another type, or not known at all is a fault that says
/// so.
struct HostParameters {
    let method: String
    private let members: JSONObject

    /// Takes the parameters of a function that has those of these names.
    init(_ method: String, _ value: JSONValue, _ names: [String]) throws(HostRefusal) {
        let members: JSONObject
        switch value {
        case .null: members = JSONObject()
        case .object(let object): members = object
        default: throw .invalid("\(method): the parameters must be an object")
        }
        for key in members.keys where !names.contains(where: { $0.utf8.elementsEqual(key.utf8) }) {
            let known = names.isEmpty ? "it has none" : "it has " + names.joined(separator: ", ")
            throw .invalid("\(method): there is no parameter '\(TreeRules.printable(key.utf8))': \(known)")
        }
        (self.method, self.members) = (method, members)
    }

    /// The value of a parameter that may be any; nil where it is left out.
    func value(_ name: String) -> JSONValue? { members[name] }

    /// The value of a parameter that may be any, which must be there.
    func required(_ name: String) throws(HostRefusal) -> JSONValue {
        guard let value = members[name] else { throw .invalid("\(method): the parameter '\(name)' is missing") }
        return value
    }

    /// A text of so many bytes.
    func text(_ name: String, bytes: ClosedRange<Int>) throws(HostRefusal) -> String {
        guard let text = try optionalText(name, bytes: bytes) else {
            throw .invalid("\(method): the parameter '\(name)' is missing")
        }
        return text
    }

    /// A text of so many bytes, or nil where it is left out or null.
    func optionalText(_ name: String, bytes: ClosedRange<Int>) throws(HostRefusal) -> String? {
        guard let value = present(name) else { return nil }
        guard let text = value.string else { throw .invalid("\(method): '\(name)' must be a text") }
        guard bytes.contains(text.utf8.count) else {
            throw .invalid(
                "\(method): '\(name)' has \(text.utf8.count) bytes, and must have \(bytes.lowerBound) to "
                    + "\(bytes.upperBound)")
        }
        return text
    }

    /// A whole number, or nil where it is left out or null.
    func optionalNumber(_ name: String, _ range: ClosedRange<Int>) throws(HostRefusal) -> Int? {
        guard let value = present(name) else { return nil }
        // Engines whose only numbers are doubles may write whole ones with a point.
        let number = value.integer.flatMap { Int(exactly: $0) } ?? value.number.flatMap { Int(exactly: $0) }
        guard let number, range.contains(number) else {
            throw .invalid(
                "\(method): '\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// One of some texts, or nil where it is left out or null.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(HostRefusal) -> Choice? where Choice.RawValue == String {
        guard let value = present(name) else { return nil }
        let found = type.allCases.first { choice in
            value.string.map { $0.utf8.elementsEqual(choice.rawValue.utf8) } ?? false
        }
        guard let found else {
            throw .invalid(
                "\(method): '\(name)' must be one of "
                    + type.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return found
    }

    /// What is there and not null.
    func present(_ name: String) -> JSONValue? {
        if let value = members[name], value != .null { return value }
        // `nil` alone would be JSON's null.
        return Optional<JSONValue>.none
    }
}
