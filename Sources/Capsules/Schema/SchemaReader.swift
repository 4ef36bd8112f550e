/// Makes rules of a schema, and of every schema that it leads to, each once.
struct SchemaReader {
    /// A schema that is still to be read.
    struct Place {
        let value: JSONValue
        let path: JSONPath
        /// The same in numbers.
        let location: Int
        /// What `#` means there: the schema around it that has an `$id`, or the document.
        let base: Base
    }

    /// What the references of a schema start from.
    struct Base {
        let value: JSONValue
        let path: JSONPath
        let location: Int
    }

    /// A step down from a location. An array's elements have their places as names.
    private struct Edge: Hashable {
        let location: Int
        let name: KeyBytes
    }

    private static let maximumUnchecked = 100
    /// Members from which on a dictionary of them is made for references.
    private static let manyMembers = 16

    let matcher: ((String) -> SchemaCheck.Matcher?)?
    private let bounds: SchemaBounds
    /// What cannot be checked.
    private(set) var unchecked: [JSONPath] = []

    private var places: [Place] = []
    /// By location.
    private var numbers: [Int: Int] = [0: 0]
    private var locations: [Edge: Int] = [:]
    private var members: [Int: [KeyBytes: JSONValue]] = [:]

    init(_ schema: JSONValue, bounds: SchemaBounds, matcher: ((String) -> SchemaCheck.Matcher?)?) {
        self.matcher = matcher
        self.bounds = bounds
        let base = Base(value: schema, path: .root, location: 0)
        places = [Place(value: schema, path: .root, location: 0, base: base)]
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

    /// The number of a schema some steps below another one, which is read later unless it has been.
    mutating func number(
        of value: JSONValue, at steps: [JSONPath.Step], below parent: Place
    ) throws(SchemaFault) -> Int {
        let path = JSONPath(steps: parent.path.steps + steps)
        let location = steps.reduce(parent.location) { location, step in
            switch step {
            case .key(let name): self.location(name, below: location)
            case .index(let index): self.location(String(index), below: location)
            }
        }
        let base = self.base(value, at: path, location, within: parent.base)
        return try number(of: Place(value: value, path: path, location: location, base: base))
    }

    private mutating func number(of place: Place) throws(SchemaFault) -> Int {
        if let number = numbers[place.location] { return number }
        guard places.count < bounds.schemas else { throw .tooManySchemas(limit: bounds.schemas) }
        numbers[place.location] = places.count
        places.append(place)
        return places.count - 1
    }

    private mutating func location(_ name: String, below location: Int) -> Int {
        let edge = Edge(location: location, name: KeyBytes(name))
        if let known = locations[edge] { return known }
        locations[edge] = locations.count + 1
        return locations.count
    }

    // MARK: References

    /// The number of what a reference leads to.
    mutating func number(ofReference text: String, from place: Place) throws(SchemaFault) -> Int {
        let fault = SchemaFault.unresolved(at: place.path.key("$ref"), reference: text)
        guard let names = Self.names(inReference: text) else { throw fault }
        var (value, target, location) = (place.base.value, place.base.path, place.base.location)
        var base = place.base
        for name in names {
            switch value {
            case .object(let object):
                guard let member = member(name, of: object, location) else { throw fault }
                (value, target) = (member, target.key(name))
            case .array(let elements):
                guard let index = Int(name), String(index) == name, elements.indices.contains(index) else {
                    throw fault
                }
                (value, target) = (elements[index], target.index(index))
            default: throw fault
            }
            location = self.location(name, below: location)
            base = self.base(value, at: target, location, within: base)
        }
        return try number(of: Place(value: value, path: target, location: location, base: base))
    }

    private mutating func member(_ name: String, of object: JSONObject, _ location: Int) -> JSONValue? {
        guard object.count > Self.manyMembers else { return object[name] }
        if let known = members[location] { return known[KeyBytes(name)] }
        let values = object.values
        members[location] = values
        return values[KeyBytes(name)]
    }

    private mutating func base(
        _ value: JSONValue, at path: JSONPath, _ location: Int, within base: Base
    ) -> Base {
        guard case .object(let object) = value, let id = member("$id", of: object, location)?.string,
            !id.utf8.starts(with: "#".utf8)
        else { return base }
        return Base(value: value, path: path, location: location)
    }

    /// The names that lead from the start to what a reference means, or nil where it leads out of the document or is
    /// none.
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
