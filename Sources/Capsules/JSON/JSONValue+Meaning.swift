extension JSONValue {
    /// Whether another value says the same: equal apart from the order of members.
    package func means(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.means($1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            // Mostly the members stand in the same order.
            if zip(left.members, right.members).allSatisfy({ $0.key.utf8.elementsEqual($1.key.utf8) }) {
                return zip(left.members, right.members).allSatisfy { $0.value.means($1.value) }
            }
            let places = Dictionary(right.members.enumerated().map { (Array($1.key.utf8), $0) }) { first, _ in first }
            return left.members.allSatisfy { member in
                places[Array(member.key.utf8)].map { member.value.means(right.members[$0].value) } ?? false
            }
        default: return self == other
        }
    }

    /// The same with the members of every object in the bytewise order of their keys: values that mean the same are then equal.
    package var inCanonicalOrder: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.inCanonicalOrder))
        case .object(let object): .object(object.inCanonicalOrder)
        default: self
        }
    }
}

extension JSONObject {
    /// The same with the members of every object in the bytewise order of their keys.
    package var inCanonicalOrder: JSONObject {
        JSONObject(
            distinct: members.map { Member(key: $0.key, value: $0.value.inCanonicalOrder) }
                .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    }
}
