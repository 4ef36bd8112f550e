/// The lines of a `.jsonl` file: one JSON value each; lines without anything but blanks are passed over.
struct JSONLines {
    /// Where the lines stand, without their ends.
    let ranges: [Range<Int>]
    /// The `id` of each line, when every line is an object that has one and no two are the same.
    let keys: [RowKey]?

    /// Reads a whole file; throws at the first line that is not strict JSON.
    init(_ bytes: [UInt8]) throws(RowDefect) {
        var ranges: [Range<Int>] = []
        var keys: [RowKey]? = []
        var distinct: Set<RowKey> = []
        var start = 0
        var line = 0
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let range = start..<end
            start = end + 1
            guard bytes[range].contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONParser.parse(Array(bytes[range]))
            } catch {
                throw RowDefect(reason: "line \(line) is not valid JSON: \(error.reason)")
            }
            try RowMatrix.check(rows: ranges.count + 1)
            ranges.append(range)
            if keys != nil, let key = Self.key(value), distinct.insert(key).inserted {
                keys?.append(key)
            } else {
                keys = nil
            }
        }
        self.ranges = ranges
        self.keys = ranges.isEmpty ? nil : keys
    }

    private static func key(_ value: JSONValue) -> RowKey? {
        switch value["id"] {
        case .string(let text)?: .text(Array(text.utf8))
        case .integer(let number)?: .number(number)
        default: nil
        }
    }
}
