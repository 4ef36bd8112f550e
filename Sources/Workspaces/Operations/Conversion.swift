/// A change of a capsule's form, written down before both forms lie there for a moment.
struct Conversion: Sendable, Hashable {
    /// The form that stays.
    let form: Form

    private static let firstLine = "amx conversion 1"

    /// Makes a note.
    init(to form: Form) { self.form = form }

    /// The note's bytes.
    var encoded: [UInt8] { Array("\(Self.firstLine)\nform \(form.rawValue)\n".utf8) }

    /// Reads a note; nil for anything else.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard lines.count == 2, lines[0] == Self.firstLine[...], lines[1].hasPrefix("form "),
            let form = Form(rawValue: String(lines[1].dropFirst(5)))
        else { return nil }
        self.form = form
    }
}
