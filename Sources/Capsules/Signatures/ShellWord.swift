/// A word of a command line that is shown to be copied.
enum ShellWord {
    /// The word as it is when a shell takes it so, else in single quotes; what could steer a terminal is left out.
    static func quoted(_ word: String) -> String {
        let kept = word.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F || $0 == " " }
        let text = String(String.UnicodeScalarView(kept.filter { $0 != "'" }))
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "+"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain && !text.isEmpty ? text : "'\(text)'"
    }
}
