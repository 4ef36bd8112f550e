/// A block of a manifest that declares things by name: an array of objects or texts, or an object of them.
struct DeclarationList {
    /// One declared thing.
    struct Entry {
        let name: String
        let value: JSONValue
        let path: JSONPath
    }

    /// The entries, in the manifest's order; names that stand twice are numbered, so that each stands once.
    let entries: [Entry]
    private let places: [[UInt8]: Int]

    /// Reads a member of a manifest, which need not be valid; `name` makes an entry's name where the usual members don't.
    init(_ value: JSONValue?, at path: JSONPath, name: (JSONValue) -> String? = { _ in nil }) {
        var entries: [Entry] = []
        var places: [[UInt8]: Int] = [:]
        var counts: [[UInt8]: Int] = [:]
        func add(_ wanted: String, _ value: JSONValue, _ path: JSONPath) {
            var count = counts[Array(wanted.utf8), default: 0] + 1
            var name = count == 1 ? wanted : "\(wanted) #\(count)"
            // Another may be called like a numbered one.
            while places[Array(name.utf8)] != nil {
                count += 1
                name = "\(wanted) #\(count)"
            }
            counts[Array(wanted.utf8)] = count
            places[Array(name.utf8)] = entries.count
            entries.append(Entry(name: name, value: value, path: path))
        }
        switch value {
        case .array(let elements)?:
            for (index, element) in elements.enumerated() {
                let found =
                    element.string ?? name(element) ?? Self.name(element) ?? JSONWriter.text(element, .canonical)
                add(found, element, path.index(index))
            }
        case .object(let object)?:
            for member in object.members { add(member.key, member.value, path.key(member.key)) }
        default: break
        }
        (self.entries, self.places) = (entries, places)
    }

    /// The entry of a name.
    subscript(name: String) -> Entry? { places[Array(name.utf8)].map { entries[$0] } }

    private static func name(_ value: JSONValue) -> String? {
        for key in ["id", "name", "path", "event", "resource", "topic", "file", "platform", "key"] {
            if let name = value[key]?.string { return name }
        }
        return nil
    }
}
