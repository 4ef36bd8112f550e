package import Objects

/// A setting's key in git's form: a section, maybe a part that the user chooses, and a variable.
///
/// Section and variable are the same in any case and kept in lower case; the part between them is kept as it is.
package struct SettingKey: Sendable, Hashable {
    /// The section, in lower case.
    package let section: String
    /// What stands between section and variable.
    package let subsection: String?
    /// The variable, in lower case.
    package let variable: String

    /// Checks a key.
    package init(_ text: String) throws(AmxError) {
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(of: UInt8(ascii: ".")), let last = bytes.lastIndex(of: UInt8(ascii: ".")),
            Self.isName(bytes[..<first]), Self.isName(bytes[(last + 1)...]),
            Self.startsWithLetter(bytes[(last + 1)...]),
            !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F })
        else {
            throw AmxError(
                .usage, "'\(TreeRules.printable(text.utf8))' is not a setting's key",
                hint: "a key is a section and a name, such as user.name; `amx config --help` lists them")
        }
        section = String(decoding: bytes[..<first], as: UTF8.self).lowercased()
        variable = String(decoding: bytes[(last + 1)...], as: UTF8.self).lowercased()
        subsection = first < last ? String(decoding: bytes[(first + 1)..<last], as: UTF8.self) : nil
    }

    /// The key as git's library names it.
    package var string: String { subsection.map { "\(section).\($0).\(variable)" } ?? "\(section).\(variable)" }

    /// The key as the documentation writes it.
    package var shown: String {
        guard let known = KnownSetting.named(self) else { return string }
        return known.key.replacing("<name>", with: subsection ?? "", maxReplacements: 1)
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    private static func startsWithLetter(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) } ?? false
    }
}
