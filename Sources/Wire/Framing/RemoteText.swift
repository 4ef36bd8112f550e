/// Makes text of the other side fit to be shown: it may hold terminal escapes or no text at all.
package enum RemoteText {
    /// Decodes UTF-8 with repairs and replaces control characters, tab and newline excepted, by `?`.
    package static func clean(_ bytes: some Collection<UInt8>) -> String {
        replaceControls(in: String(decoding: bytes, as: UTF8.self)) { $0 == "\n" || $0 == "\t" }
    }

    /// The same for progress messages, whose lines also end by a carriage return.
    package static func progress(_ bytes: some Collection<UInt8>) -> String {
        replaceControls(in: String(decoding: bytes, as: UTF8.self)) { $0 == "\n" || $0 == "\t" || $0 == "\r" }
    }

    /// The same on one line: newlines become blanks.
    package static func oneLine(_ text: String) -> String {
        let line = replaceControls(in: String(text.map { $0.isNewline ? " " : $0 })) { $0 == "\t" }
        return line.trimmingBlanks()
    }

    private static func replaceControls(in text: String, keeping kept: (Unicode.Scalar) -> Bool) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            scalars.append(isControl && !kept(scalar) ? "?" : scalar)
        }
        return String(scalars)
    }
}

extension String {
    /// The text without blanks at its ends.
    fileprivate func trimmingBlanks() -> String {
        let head = drop { $0 == " " }
        guard let last = head.lastIndex(where: { $0 != " " }) else { return "" }
        return String(head[...last])
    }
}
