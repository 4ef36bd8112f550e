/// Reads JSON front to back without building a tree, for graphs of many megabytes.
///
/// It is made for files that programs wrote: strings may hold the usual escapes, numbers are integers, and an error only says where.
struct JSONScanner {
    /// What stands at an offset is not what was expected.
    struct Failure: Error, CustomStringConvertible {
        let offset: Int
        let expected: String
        var description: String { "byte \(offset): expected \(expected)" }
    }

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Calls with each key of an object; the body must read the value.
    mutating func object(_ body: (inout JSONScanner, String) throws -> Void) throws {
        try expect(UInt8(ascii: "{"), "an object")
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"), "':'")
            try body(&self, key)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "'}'")
    }

    /// Calls for each element of an array; the body must read it.
    mutating func array(_ body: (inout JSONScanner) throws -> Void) throws {
        try expect(UInt8(ascii: "["), "an array")
        if take(UInt8(ascii: "]")) { return }
        repeat { try body(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "']'")
    }

    mutating func integer() throws -> Int {
        skipBlanks()
        let start = offset
        while offset < bytes.count, bytes[offset] == UInt8(ascii: "-") || (48...57).contains(bytes[offset]) {
            offset += 1
        }
        guard let number = Int(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
            throw Failure(offset: start, expected: "an integer")
        }
        return number
    }

    mutating func boolean() throws -> Bool {
        if take(word: "true") { return true }
        guard take(word: "false") else { throw Failure(offset: offset, expected: "true or false") }
        return false
    }

    mutating func string() throws -> String {
        try expect(UInt8(ascii: "\""), "a string")
        var text: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            default: text.append(byte)
            }
        }
        throw Failure(offset: offset, expected: "the end of a string")
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard offset < bytes.count else { throw Failure(offset: offset, expected: "an escape") }
        offset += 1
        switch bytes[offset - 1] {
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "u"):
            guard offset + 4 <= bytes.count,
                let unit = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
            else { throw Failure(offset: offset, expected: "four hexadecimal digits") }
            offset += 4
            text += Array(String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        case let other: text.append(other)
        }
    }

    /// Reads over a value of any kind.
    mutating func skip() throws {
        skipBlanks()
        guard offset < bytes.count else { throw Failure(offset: offset, expected: "a value") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): try object { scanner, _ in try scanner.skip() }
        case UInt8(ascii: "["): try array { try $0.skip() }
        case UInt8(ascii: "\""): _ = try string()
        default:
            let ends = Array(",]} \t\r\n".utf8)
            while offset < bytes.count, !ends.contains(bytes[offset]) { offset += 1 }
        }
    }

    private mutating func skipBlanks() {
        while offset < bytes.count,
            bytes[offset] == 32 || bytes[offset] == 10 || bytes[offset] == 13 || bytes[offset] == 9
        { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        skipBlanks()
        guard bytes[offset...].starts(with: word.utf8) else { return false }
        offset += word.utf8.count
        return true
    }

    private mutating func expect(_ byte: UInt8, _ expected: String) throws {
        guard take(byte) else { throw Failure(offset: offset, expected: expected) }
    }
}
