/// Writes JSON values as UTF-8.
///
/// Only what JSON requires is escaped: quotes, backslashes and control characters below U+0020. Doubles are written with the
/// shortest digits that read back as the same number; infinities and NaN, which JSON does not have, as `null`.
package struct JSONWriter {
    private let format: JSONFormat
    private var bytes: [UInt8] = []

    private init(_ format: JSONFormat) { self.format = format }

    /// The bytes of a value; a pretty layout ends with a newline, a compact one does not.
    package static func bytes(_ value: JSONValue, _ format: JSONFormat = .compact) -> [UInt8] {
        var writer = JSONWriter(format)
        writer.write(value, level: 0)
        if format.pretty { writer.bytes.append(UInt8(ascii: "\n")) }
        return writer.bytes
    }

    /// The same as text.
    package static func text(_ value: JSONValue, _ format: JSONFormat = .compact) -> String {
        String(decoding: bytes(value, format), as: UTF8.self)
    }

    private mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let number): bytes += String(number).utf8
        case .double(let number): bytes += (number.isFinite ? "\(number)" : "null").utf8
        case .string(let text): write(text)
        case .array(let elements):
            write(elements, between: "[", and: "]", level: level) { writer, element in
                writer.write(element, level: level + 1)
            }
        case .object(let object):
            let members =
                format.sorted
                ? object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : object.members
            write(members, between: "{", and: "}", level: level) { writer, member in
                writer.write(member.key)
                writer.bytes.append(UInt8(ascii: ":"))
                if writer.format.pretty { writer.bytes.append(UInt8(ascii: " ")) }
                writer.write(member.value, level: level + 1)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element], between open: Unicode.Scalar, and close: Unicode.Scalar, level: Int,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            startLine(level + 1)
            body(&self, element)
        }
        if !elements.isEmpty { startLine(level) }
        bytes.append(UInt8(ascii: close))
    }

    private mutating func startLine(_ level: Int) {
        guard format.pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { characters in
            var plain = 0
            for (index, byte) in characters.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: characters[plain..<index])
                writeEscape(byte)
                plain = index + 1
            }
            bytes.append(contentsOf: characters[plain...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes += "\\\"".utf8
        case UInt8(ascii: "\\"): bytes += "\\\\".utf8
        case UInt8(ascii: "\n"): bytes += "\\n".utf8
        case UInt8(ascii: "\r"): bytes += "\\r".utf8
        case UInt8(ascii: "\t"): bytes += "\\t".utf8
        case 8: bytes += "\\b".utf8
        case 12: bytes += "\\f".utf8
        default: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
        }
    }
}
