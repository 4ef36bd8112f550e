/// How text for people looks: with colour on a terminal, plain elsewhere.
struct Style {
    /// Whether colour is on.
    let isColored: Bool

    private static let reset = "\u{1B}[0m"

    private func wrapped(_ text: String, _ code: String) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\(Self.reset)" : text
    }

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func faint(_ text: String) -> String { wrapped(text, "2") }
    func red(_ text: String) -> String { wrapped(text, "31") }
    func green(_ text: String) -> String { wrapped(text, "32") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }
    func cyan(_ text: String) -> String { wrapped(text, "36") }
    func reversed(_ text: String) -> String { wrapped(text, "7") }

    /// Text from elsewhere, such as a commit's message, with everything that could steer a terminal made visible.
    ///
    /// Tabs and line breaks stay.
    static func visible(_ text: String) -> String {
        if text.utf8.allSatisfy(isPlain) { return text }
        // Bytes, since appending to scalars takes the longer the more of them there are.
        var result: [UInt8] = []
        for scalar in text.unicodeScalars {
            if steers(scalar), scalar != "\n", scalar != "\t" {
                result += "\\u{\(String(scalar.value, radix: 16))}".utf8
            } else {
                result += scalar.utf8
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The same for whole lines that this style coloured: colours stay, whatever else a name in them holds is made visible.
    func visible(_ lines: String) -> String {
        guard isColored else { return Self.visible(lines) }
        var pieces: [String] = []
        // A colour is an escape, `[`, digits and `m`; no more of an escape sequence gets through.
        for (index, piece) in lines.split(separator: "\u{1B}" as Character, omittingEmptySubsequences: false)
            .enumerated()
        {
            let code = piece.dropFirst().prefix { $0.isASCII && $0.isNumber }
            let isColor = index > 0 && piece.hasPrefix("[") && piece.dropFirst(1 + code.count).hasPrefix("m")
            pieces.append(index == 0 ? "" : isColor ? "\u{1B}" : Self.visible("\u{1B}"))
            pieces.append(Self.visible(String(piece)))
        }
        return pieces.joined()
    }

    /// JSON for a terminal: what could steer it stands escaped, which means the same.
    static func visible(json bytes: [UInt8]) -> [UInt8] {
        if bytes.allSatisfy({ isPlain($0) && $0 != 0x09 }) { return bytes }
        var result: [UInt8] = []
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            guard steers(scalar), scalar != "\n" else {
                result += scalar.utf8
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            }
        }
        return result
    }

    /// Whether a byte is one of ASCII's letters, digits and signs, a tab or a line break.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) || byte == 0x0A || byte == 0x09
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
