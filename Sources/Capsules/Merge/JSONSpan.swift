/// A JSON value with the bytes that it was written with.
struct JSONSpan {
    /// What the value is made of.
    enum Content {
        case leaf
        case object([(key: KeyBytes, text: Range<Int>, value: JSONSpan)])
        case array([JSONSpan])
    }

    /// From its first byte to after its last.
    let range: Range<Int>
    let value: JSONValue
    let content: Content

    /// Reads strict JSON; nil for anything else.
    init?(document bytes: [UInt8], maximumDepth: Int) {
        guard let checked = try? JSONParser.parse(bytes, maximumDepth: maximumDepth) else { return nil }
        var parser = JSONParser(bytes, maximumDepth: maximumDepth)
        guard let span = try? Self.read(&parser, checked) else { return nil }
        self = span
    }

    private init(range: Range<Int>, value: JSONValue, content: Content) {
        (self.range, self.value, self.content) = (range, value, content)
    }

    /// Walks a text that has been read before; `value` is what stands there.
    private static func read(_ parser: inout JSONParser, _ value: JSONValue) throws(JSONParser
        .Failure) -> JSONSpan
    {
        parser.skipBlanks()
        let start = parser.position
        var content = Content.leaf
        switch value {
        case .object(let object):
            var members: [(key: KeyBytes, text: Range<Int>, value: JSONSpan)] = []
            try parser.open()
            if try !parser.closes(UInt8(ascii: "}"), afterComma: false) {
                for member in object.members {
                    let key = try parser.key()
                    // From the opening quote to after the closing one: the colon and blanks are no part of it.
                    var end = parser.position - 1
                    while end > key.offset, parser.bytes[end - 1] != UInt8(ascii: "\"") { end -= 1 }
                    members.append((KeyBytes(member.key), key.offset..<end, try read(&parser, member.value)))
                    _ = try parser.ends(UInt8(ascii: "}"))
                }
            }
            content = .object(members)
        case .array(let elements):
            var spans: [JSONSpan] = []
            try parser.open()
            if try !parser.closes(UInt8(ascii: "]"), afterComma: false) {
                for element in elements {
                    spans.append(try read(&parser, element))
                    _ = try parser.ends(UInt8(ascii: "]"))
                }
            }
            content = .array(spans)
        default: _ = try parser.value()
        }
        return JSONSpan(range: start..<parser.position, value: value, content: content)
    }
}
