/// How text for people looks: with colour on a terminal, plain elsewhere.
struct Style {
    /// Whether colour is on.
    let isColored: Bool

    private static let reset = "\u{1B}[0m"

    private func wrapped(_ text: String, _ code: String) -> String {
        isColored && !text.isEmpty ? "\u{1B}[\(code)m\(text)\(Self.reset)" : text
    }

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func red(_ text: String) -> String { wrapped(text, "31") }
    func green(_ text: String) -> String { wrapped(text, "32") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }
    func cyan(_ text: String) -> String { wrapped(text, "36") }

    /// Text from elsewhere, such as a commit's message, with everything that could steer a terminal made visible.
    ///
    /// Tabs and line breaks stay.
    static func visible(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar == "\n" || scalar == "\t": result.append(scalar)
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
