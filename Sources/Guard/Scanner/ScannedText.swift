import Objects

/// A file as the rules see it: its text, its kind, and where its lines begin.
struct ScannedText: Sendable {
    let path: TreePath
    /// The text as it stands, in UTF-8.
    let raw: [UInt8]
    /// The same; in JSON and notebooks the escapes of quotes, slashes and blanks are taken out without moving anything else.
    let bytes: [UInt8]
    let languages: Set<Language>
    private let lineStarts: [Int]

    /// More of a line than this is not counted in characters but in bytes.
    private static let countedBytes = 1 << 16

    /// Takes a file's content; nil when it is not text.
    init?(path: TreePath, content: [UInt8]) {
        guard let raw = Self.text(of: content) else { return nil }
        self.path = path
        self.raw = raw
        let name = path.name
        languages = Language.of(name, raw)
        let isJSON = [".json", ".ipynb", ".jsonl", ".ndjson"].contains { name.lowercased().hasSuffix($0) }
        bytes = isJSON ? Self.unescaped(raw) : raw
        var starts = [0]
        for (index, byte) in raw.enumerated() where byte == 0x0A { starts.append(index + 1) }
        lineStarts = starts
    }

    /// Text in UTF-8: as it is, or from UTF-16 with a byte order mark. What has a NUL near its start is none, as git sees it.
    private static func text(of content: [UInt8]) -> [UInt8]? {
        if content.starts(with: [0xFF, 0xFE]) { return utf16(content.dropFirst(2), high: 1) }
        if content.starts(with: [0xFE, 0xFF]) { return utf16(content.dropFirst(2), high: 0) }
        return content.prefix(8000).contains(0) ? nil : content
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, high: Int) -> [UInt8]? {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            units.append(UInt16(bytes[index + high]) << 8 | UInt16(bytes[index + 1 - high]))
            index += 2
        }
        guard !units.contains(0) else { return nil }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// Takes JSON's simple escapes out: `\"` becomes a blank and a quote, `\n` two blanks.
    private static func unescaped(_ raw: [UInt8]) -> [UInt8] {
        var bytes = raw
        var index = 0
        while index + 1 < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "\\"): bytes[index] = 0x20
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                bytes[index] = 0x20
                bytes[index + 1] = 0x20
            default: break
            }
            index += 2
        }
        return bytes
    }

    // MARK: Places

    /// The line of an offset, from 1.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The column of an offset in characters, from 1; far into a line, in bytes.
    func column(at offset: Int) -> Int {
        let start = lineStarts[line(at: offset) - 1]
        guard offset - start <= Self.countedBytes else { return offset - start + 1 }
        return 1 + raw[start..<min(offset, raw.count)].count { $0 & 0xC0 != 0x80 }
    }

    /// The line around a range, at most 400 bytes before and after it.
    func surroundings(of range: Range<Int>) -> [UInt8] {
        let start = max(lineStarts[line(at: range.lowerBound) - 1], range.lowerBound - 400)
        let rest = bytes[range.upperBound..<min(bytes.count, range.upperBound + 400)]
        return Array(bytes[start..<range.upperBound] + rest.prefix { $0 != 0x0A })
    }
}
