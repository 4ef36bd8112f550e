/// Reads strict JSON (RFC 8259) into values, or finds where a value stands.
///
/// Refused are a byte order mark, duplicate keys (bytewise, after unescaping), trailing commas, `\u0000` in keys, lone surrogates,
/// invalid UTF-8, numbers beyond 64 bits, and more open brackets than the limit, which also bounds the recursion. The parser is a
/// pure value; one document takes time and memory proportional to its size.
package struct JSONParser {
    /// Where and why reading stopped; line and column are counted only for the error that leaves the parser.
    struct Failure: Error {
        let code: JSONError.Code
        let offset: Int
        /// The key that stands twice.
        var key: String?
    }

    let bytes: [UInt8]
    private let maximumDepth: Int
    var position = 0
    private var depth = 0

    init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    /// Reads one document; `maximumDepth` counts open brackets.
    package static func parse(_ bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes, maximumDepth: maximumDepth)
        do {
            return try parser.document()
        } catch {
            throw JSONError(error, in: bytes)
        }
    }

    /// Reads one document.
    package static func parse(_ text: String, maximumDepth: Int = 64) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), maximumDepth: maximumDepth)
    }

    private mutating func document() throws(Failure) -> JSONValue {
        guard !bytes.starts(with: [0xef, 0xbb, 0xbf]) else { throw Failure(code: .byteOrderMark, offset: 0) }
        let value = try value()
        skipBlanks()
        guard position == bytes.count else { throw Failure(code: .trailingContent, offset: position) }
        return value
    }

    // MARK: Values

    mutating func value() throws(Failure) -> JSONValue {
        skipBlanks()
        switch try current() {
        case UInt8(ascii: "\""): return .string(try string(isKey: false))
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw Failure(code: .unexpectedCharacter, offset: position)
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            guard position < bytes.count else { throw Failure(code: .unexpectedEnd, offset: position) }
            guard bytes[position] == text.utf8Start[index] else {
                throw Failure(code: .unexpectedCharacter, offset: position)
            }
            position += 1
        }
        return value
    }

    private mutating func array() throws(Failure) -> [JSONValue] {
        try open()
        var elements: [JSONValue] = []
        guard try !closes(UInt8(ascii: "]"), afterComma: false) else { return elements }
        repeat {
            elements.append(try value())
        } while try !ends(UInt8(ascii: "]"))
        return elements
    }

    private mutating func object() throws(Failure) -> JSONObject {
        try open()
        var members: [JSONObject.Member] = []
        guard try !closes(UInt8(ascii: "}"), afterComma: false) else { return JSONObject() }
        var seen = DistinctKeys()
        repeat {
            let (key, offset) = try key()
            guard seen.insert(key, after: members) else { throw Failure(code: .duplicateKey, offset: offset, key: key) }
            members.append(JSONObject.Member(key: key, value: try value()))
        } while try !ends(UInt8(ascii: "}"))
        return JSONObject(distinct: members)
    }

    /// Reads a key and its colon; gives the key and where it starts.
    mutating func key() throws(Failure) -> (key: String, offset: Int) {
        skipBlanks()
        guard try current() == UInt8(ascii: "\"") else { throw Failure(code: .unexpectedCharacter, offset: position) }
        let offset = position
        let key = try string(isKey: true)
        skipBlanks()
        guard try current() == UInt8(ascii: ":") else { throw Failure(code: .unexpectedCharacter, offset: position) }
        position += 1
        return (key, offset)
    }

    // MARK: Punctuation

    /// Takes an opening bracket.
    mutating func open() throws(Failure) {
        guard depth < maximumDepth else { throw Failure(code: .tooDeep, offset: position) }
        depth += 1
        position += 1
    }

    /// Takes the closing bracket if it comes next; after a comma it must not.
    mutating func closes(_ bracket: UInt8, afterComma: Bool) throws(Failure) -> Bool {
        skipBlanks()
        guard try current() == bracket else { return false }
        guard !afterComma else { throw Failure(code: .trailingComma, offset: position) }
        position += 1
        depth -= 1
        return true
    }

    /// After an element: takes a comma and gives false, or takes the closing bracket and gives true.
    mutating func ends(_ bracket: UInt8) throws(Failure) -> Bool {
        skipBlanks()
        if try current() == UInt8(ascii: ",") {
            position += 1
            return try closes(bracket, afterComma: true)
        }
        guard try closes(bracket, afterComma: false) else {
            throw Failure(code: .unexpectedCharacter, offset: position)
        }
        return true
    }

    func current() throws(Failure) -> UInt8 {
        guard position < bytes.count else { throw Failure(code: .unexpectedEnd, offset: position) }
        return bytes[position]
    }

    mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }
}
