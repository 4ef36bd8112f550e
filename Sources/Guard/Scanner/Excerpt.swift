/// Parts of foreign text in a form that is safe to print: short, and without anything that a terminal obeys or nobody sees.
enum Excerpt {
    /// The most characters of an excerpt.
    static let characters = 120

    /// The beginning of a text.
    static func of(_ text: String) -> String {
        var result = ""
        var left = characters
        for scalar in text.unicodeScalars {
            guard left > 0 else { return result + "…" }
            left -= 1
            result += shown(scalar)
        }
        return result
    }

    /// A range of bytes with a little of its line around it.
    static func of(_ range: Range<Int>, in bytes: [UInt8]) -> String {
        var start = range.lowerBound
        while start > 0, range.lowerBound - start < 24, bytes[start - 1] != 0x0A { start -= 1 }
        while start < range.lowerBound, bytes[start] & 0xC0 == 0x80 || bytes[start] == 0x20 || bytes[start] == 0x09 {
            start += 1
        }
        var end = range.upperBound
        while end < bytes.count, end - range.upperBound < 24, bytes[end] != 0x0A { end += 1 }
        while end > range.upperBound, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        // More than can be shown need not be decoded.
        return of(String(decoding: bytes[start..<min(end, start + characters * 4 + 4)], as: UTF8.self))
    }

    /// A secret: its first four characters and how many there are.
    static func ofSecret(_ range: Range<Int>, in bytes: [UInt8]) -> String {
        let start = String(decoding: bytes[range].prefix(4), as: UTF8.self)
        return "\(of(start))… (\(range.count) characters)"
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            scalar.escaped(asASCII: true)
        default:
            scalar.properties.isVariationSelector || scalar.properties.isDefaultIgnorableCodePoint
                ? scalar.escaped(asASCII: true) : String(Character(scalar))
        }
    }
}
