/// The members of a JSON object in the order in which they were written, each key once.
///
/// Keys are compared as UTF-8 bytes. A look-up walks the members, so code that asks a large object for many keys makes a dictionary
/// of its own.
package struct JSONObject: Sendable {
    /// A key with its value.
    package struct Member: Hashable, Sendable {
        package let key: String
        package var value: JSONValue

        package init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }

        package static func == (left: Member, right: Member) -> Bool {
            left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(Array(key.utf8))
            hasher.combine(value)
        }
    }

    /// All members in order.
    package private(set) var members: [Member] = []

    /// Makes an object without members.
    package init() {}

    /// Takes members; of two with the same key the later value wins, at the place of the first.
    package init(_ pairs: [(String, JSONValue)]) {
        members.reserveCapacity(pairs.count)
        var keys = DistinctKeys()
        for (key, value) in pairs {
            if keys.insert(key, after: members) {
                members.append(Member(key: key, value: value))
            } else {
                self[key] = value
            }
        }
    }

    /// Takes members whose keys are known to differ.
    init(distinct members: [Member]) { self.members = members }

    /// The value of a key; setting nil removes the member, setting a new key appends one.
    package subscript(key: String) -> JSONValue? {
        get { index(of: key).map { members[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The keys in order.
    package var keys: [String] { members.map(\.key) }
    /// How many members there are.
    package var count: Int { members.count }
    /// Whether there are no members.
    package var isEmpty: Bool { members.isEmpty }

    /// Whether there is such a key.
    package func contains(_ key: String) -> Bool { index(of: key) != nil }

    private func index(of key: String) -> Int? {
        // Most keys differ in length, which is known without a look at them.
        let count = key.utf8.count
        return members.firstIndex { $0.key.utf8.count == count && $0.key.utf8.elementsEqual(key.utf8) }
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }

    package func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
