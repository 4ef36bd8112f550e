/// Makes rules of a schema, and of every schema that it leads to, each once.
struct SchemaReader {
    /// A schema that is still to be read.
    struct Place {
        let value: JSONValue
        let path: JSONPath
        /// What `#` means there: the schema around it that has an `$id`, or the document.
        let base: Base
    }

    /// What the references of a schema start from.
    struct Base {
        let value: JSONValue
        let path: JSONPath
    }

    private static let maximumUnchecked = 100

    let matcher: ((String) -> SchemaCheck.Matcher?)?
    private let bounds: SchemaBounds
    /// What cannot be checked.
    private(set) var unchecked: [JSONPath] = []

    private var places: [Place] = []
    private var numbers: [KeyBytes: Int] = [:]

    init(_ schema: JSONValue, bounds: SchemaBounds, matcher: ((String) -> SchemaCheck.Matcher?)?) {
        self.matcher = matcher
        self.bounds = bounds
        let place = Place(value: schema, path: .root, base: Base(value: schema, path: .root))
        places = [place]
        numbers = [KeyBytes(JSONPath.root.description): 0]
    }

    /// Reads all; the first of them is the schema itself.
    mutating func nodes() throws(SchemaFault) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        while nodes.count < places.count {
            let place = places[nodes.count]
            nodes.append(SchemaNode(path: place.path, rules: try rules(of: place)))
        }
        try refuseEndless(nodes)
        return nodes
    }

    // MARK: Places

    /// Tells of a keyword that is not checked.
    mutating func passOver(_ path: JSONPath) {
        if unchecked.count < Self.maximumUnchecked { unchecked.append(path) }
    }

    /// The number of a schema, which is read later unless it has been.
    mutating func number(of place: Place) throws(SchemaFault) -> Int {
        let key = KeyBytes(place.path.description)
        if let number = numbers[key] { return number }
        guard places.count < bounds.schemas else { throw .tooManySchemas(limit: bounds.schemas) }
        numbers[key] = places.count
        places.append(place)
        return places.count - 1
    }

    /// The number of a schema below another one.
    mutating func number(
        of value: JSONValue, at path: JSONPath, below parent: Place
    ) throws(SchemaFault) -> Int {
        try number(of: Place(value: value, path: path, base: Self.base(value, at: path, within: parent.base)))
    }

    /// The number of what a reference leads to.
    mutating func number(ofReference text: String, from place: Place) throws(SchemaFault) -> Int {
        let path = place.path.key("$ref")
        guard let names = Self.names(inReference: text) else { throw .unresolved(at: path, reference: text) }
        var (value, target, base) = (place.base.value, place.base.path, place.base)
        for name in names {
            switch value {
            case .object(let object):
                guard let member = object[name] else { throw .unresolved(at: path, reference: text) }
                (value, target) = (member, target.key(name))
            case .array(let elements):
                guard let index = Int(name), String(index) == name, elements.indices.contains(index) else {
                    throw .unresolved(at: path, reference: text)
                }
                (value, target) = (elements[index], target.index(index))
            default: throw .unresolved(at: path, reference: text)
            }
            base = Self.base(value, at: target, within: base)
        }
        return try number(of: Place(value: value, path: target, base: base))
    }

    private static func base(_ value: JSONValue, at path: JSONPath, within base: Base) -> Base {
        guard let id = value["$id"]?.string, !id.utf8.starts(with: "#".utf8) else { return base }
        return Base(value: value, path: path)
    }

    /// The names that lead from the start to what a reference means, or nil where it leads out of the document or is none.
    private static func names(inReference text: String) -> [String]? {
        guard text.utf8.first == UInt8(ascii: "#"), let pointer = unescaped(text.utf8.dropFirst()) else { return nil }
        guard !pointer.isEmpty else { return [] }
        guard pointer.first == UInt8(ascii: "/") else { return nil }
        return pointer.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { part in
            var (bytes, isTilde): ([UInt8], Bool) = ([], false)
            for byte in part {
                switch (isTilde, byte) {
                case (true, UInt8(ascii: "0")): bytes[bytes.count - 1] = UInt8(ascii: "~")
                case (true, UInt8(ascii: "1")): bytes[bytes.count - 1] = UInt8(ascii: "/")
                default:
                    bytes.append(byte)
                    isTilde = byte == UInt8(ascii: "~")
                    continue
                }
                isTilde = false
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// A fragment's bytes with `%25` and the like as what they stand for, or nil where they stand for nothing.
    private static func unescaped(_ text: Substring.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
            (byte | 0x20) - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    // MARK: Circles

    /// A schema that leads back to itself without going into the value would never come to an end.
    private func refuseEndless(_ nodes: [SchemaNode]) throws(SchemaFault) {
        let next = nodes.map(\.sameValue)
        var waitingFor = next.map(\.count)
        var before = [[Int]](repeating: [], count: nodes.count)
        for (node, others) in next.enumerated() { for other in others { before[other].append(node) } }
        var ended = waitingFor.indices.filter { waitingFor[$0] == 0 }
        while let node = ended.popLast() {
            for other in before[node] {
                waitingFor[other] -= 1
                if waitingFor[other] == 0 { ended.append(other) }
            }
        }
        // What is left leads to a circle, and following what is left leads into it.
        guard var node = waitingFor.firstIndex(where: { $0 > 0 }) else { return }
        var seen: Set<Int> = []
        while seen.insert(node).inserted {
            guard let other = next[node].first(where: { waitingFor[$0] > 0 }) else { break }
            node = other
        }
        throw .endless(at: nodes[node].path)
    }
}
