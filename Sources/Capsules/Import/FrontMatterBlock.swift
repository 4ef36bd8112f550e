import Objects

/// The text between the two `---` lines at the top of a Markdown file, found and bounded before any YAML is read.
struct FrontMatterBlock {
    /// The YAML text.
    let text: String

    /// No line's content starts further right than this, which bounds how deep blocks nest.
    private static let maximumIndentation = 64
    /// So many opening brackets bound how deep flow collections nest.
    private static let maximumBrackets = 256

    init(_ bytes: [UInt8], file: String) throws(AmxError) {
        func failure(_ reason: String, _ hint: String) -> AmxError {
            AmxError(.failure, "\(file) cannot be imported: \(reason)", hint: hint)
        }
        var rest = bytes[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        guard Self.isFence(Self.line(&rest)) else {
            throw failure("it has no front matter", "start the file with '---', 'name: …', 'description: …', '---'")
        }
        let start = rest.startIndex
        var end: Int?
        while end == nil, !rest.isEmpty, rest.startIndex - start <= SkillFrontMatter.byteCount {
            let lineStart = rest.startIndex
            if Self.isFence(Self.line(&rest)) { end = lineStart }
        }
        guard let end, end - start <= SkillFrontMatter.byteCount else {
            let isLong = bytes.count - start > SkillFrontMatter.byteCount
            throw failure(
                isLong
                    ? "its front matter has more than \(SkillFrontMatter.byteCount) bytes"
                    : "its front matter has no end",
                "close the front matter with a line '---'")
        }
        let block = bytes[start..<end]
        guard let text = String(validating: block, as: UTF8.self) else {
            throw failure("its front matter is not valid UTF-8", "save the file as UTF-8")
        }
        guard !Self.hasAnchorsAndAliases(block) else {
            throw failure(
                "its front matter has anchors and aliases ('&name', '*name')",
                "write repeated values out; in texts put a blank after '&'")
        }
        guard !Self.isDeep(block) else {
            throw failure("its front matter nests too deep", "keep to keys with texts, and 'metadata' with texts")
        }
        self.text = text
    }

    /// Takes a line, without its end.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
        let line = rest[..<end]
        rest = rest[min(end + 1, rest.endIndex)...]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }

    private static func isFence(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts(with: "---".utf8)
            && line.dropFirst(3).allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// Whether both an anchor and an alias may stand in YAML: a `&` and a `*` at the start of a word, followed by a name. Text can look
    /// so too; both together are rare enough to refuse.
    private static func hasAnchorsAndAliases(_ block: ArraySlice<UInt8>) -> Bool {
        var found: Set<UInt8> = []
        var previous = UInt8(ascii: "\n")
        for (byte, next) in zip(block, block.dropFirst()) {
            if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*"), " \t\r\n[{,:-?".utf8.contains(previous),
                next > 0x20, !"&*,]}".utf8.contains(next)
            {
                found.insert(byte)
            }
            previous = byte
        }
        return found.count == 2
    }

    private static func isDeep(_ block: ArraySlice<UInt8>) -> Bool {
        let brackets = block.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
        guard brackets <= maximumBrackets else { return true }
        return block.split(separator: UInt8(ascii: "\n")).contains { line in
            // Blanks and the marks of nested sequences and mappings, which may share a line.
            line.prefix { " \t-?".utf8.contains($0) }.count > maximumIndentation
        }
    }
}
