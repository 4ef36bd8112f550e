/// Takes words off the start of a line; a quoted part of a word may hold blanks.
struct SignerLine {
    /// What has not been taken.
    private(set) var rest: Substring

    init(_ line: String) { rest = line[...] }

    /// The next word without the quotes around it; nil at the end, and where a quote is not closed.
    mutating func word() -> String? {
        let bytes = Array(rest.utf8)
        var position = bytes.prefix { $0 == 0x20 || $0 == 0x09 }.count
        let start = position
        var isQuoted = false
        while position < bytes.count, isQuoted || bytes[position] != 0x20 && bytes[position] != 0x09 {
            if bytes[position] == UInt8(ascii: "\"") { isQuoted.toggle() }
            position += 1
        }
        guard position > start, !isQuoted else { return nil }
        var word = bytes[start..<position]
        if word.count >= 2, word.first == UInt8(ascii: "\""), word.last == UInt8(ascii: "\"") {
            word = word.dropFirst().dropLast()
        }
        rest = String(decoding: bytes[position...].drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)[...]
        return String(decoding: word, as: UTF8.self)
    }
}
