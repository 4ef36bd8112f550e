/// The sections of a file in git's configuration format, as text.
enum ConfigSections {
    /// The header of the section that a key such as `remote.origin.url` stands in: `[remote "origin"]`.
    static func header(ofKey key: String) -> String {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        let name = (parts.first ?? "").lowercased()
        guard parts.count > 2 else { return "[\(name)]" }
        var quoted = ""
        for character in parts.dropFirst().dropLast().joined(separator: ".").unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return "[\(name) \"\(quoted)\"]"
    }

    /// A section's text: the header of its keys and a line for each of them.
    static func text(of section: ConfigFile.Section) -> String {
        let lines = section.values.map { "\t\($0.name) = \(quoted($0.value))\n" }
        return "\(header(ofKey: "\(section.name).x"))\n\(lines.joined())"
    }

    /// A value as git reads it back.
    private static func quoted(_ value: String) -> String {
        var text = ""
        var isPlain = !value.hasPrefix(" ") && !value.hasSuffix(" ")
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            default:
                if character == "#" || character == ";" { isPlain = false }
                text.unicodeScalars.append(character)
            }
        }
        return isPlain ? text : "\"\(text)\""
    }

    /// A file without the sections of a header that hold nothing; nil when there are none.
    ///
    /// A header that is written in another way than git and libgit2 do stays.
    static func removingEmpty(_ header: String, from bytes: [UInt8]) -> [UInt8]? {
        let lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
        var kept: [ArraySlice<UInt8>] = []
        var hasRemoved = false
        var index = 0
        while index < lines.count {
            defer { index += 1 }
            let isContinued = index > 0 && lines[index - 1].last == UInt8(ascii: "\\")
            guard !isContinued, isHeader(lines[index], header) else {
                kept.append(lines[index])
                continue
            }
            var next = index + 1
            while next < lines.count, trimmed(lines[next]).isEmpty { next += 1 }
            guard next == lines.count || trimmed(lines[next]).first == UInt8(ascii: "[") else {
                kept.append(lines[index])
                continue
            }
            // The end of the last line stays the end of the file.
            if next == lines.count { kept.append([]) }
            index = next - 1
            hasRemoved = true
        }
        return hasRemoved ? Array(kept.joined(separator: [newline])) : nil
    }

    /// Whether a line is that header; the section's name, unlike the quoted part, is written in any case.
    private static func isHeader(_ line: ArraySlice<UInt8>, _ header: String) -> Bool {
        let line = trimmed(line)
        let name = header.utf8.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "]") }
        guard line.count == header.utf8.count else { return false }
        return String(decoding: line.prefix(name.count), as: UTF8.self).lowercased().utf8.elementsEqual(name)
            && line.dropFirst(name.count).elementsEqual(header.utf8.dropFirst(name.count))
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var line = line.drop(while: isBlank)
        while let last = line.last, isBlank(last) { line.removeLast() }
        return line
    }

    private static let newline = UInt8(ascii: "\n")
}
