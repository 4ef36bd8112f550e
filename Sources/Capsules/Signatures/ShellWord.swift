/// A word of a command line that is shown to be copied.
package enum ShellWord {
    /// The word as it is when a shell takes it so, else in single quotes; what could steer a terminal is left out.
    package static func quoted(_ word: String) -> String {
        let text = String(String.UnicodeScalarView(word.unicodeScalars.filter(isPrintable)))
        guard text.isEmpty || !text.utf8.allSatisfy(isPlain) else { return text }
        return "'\(text.replacing("'", with: #"'\''"#))'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "%"):
            true
        default: false
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        default: true
        }
    }
}
