extension JSONValue {
    /// Whether two values say the same: the order of an object's members counts for nothing.
    package func matches(_ other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.matches($1) }
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            // Mostly the order is the same too.
            var others: [KeyBytes: JSONValue]?
            for (index, member) in left.members.enumerated() {
                let there = right.members[index]
                if others == nil, there.key.utf8.elementsEqual(member.key.utf8) {
                    guard member.value.matches(there.value) else { return false }
                    continue
                }
                let known = others ?? right.values
                others = known
                guard let value = known[KeyBytes(member.key)], member.value.matches(value) else {
                    return false
                }
            }
            return true
        default: return self == other
        }
    }
}

extension JSONValue? {
    /// Whether both are there and say the same, or neither is there.
    func matches(_ other: JSONValue?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (.some(let left), .some(let right)): left.matches(right)
        default: false
        }
    }
}
