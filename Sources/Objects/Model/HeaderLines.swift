/// Splits a commit or tag object into its header lines and its message.
struct HeaderLines {
    /// Keys and values in order; continuation lines are joined to their value with newlines.
    private(set) var lines: [(key: String, value: [UInt8])] = []
    /// All after the first empty line.
    private(set) var message: ArraySlice<UInt8> = []

    /// Parses the header; a line without a space has an empty value.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            let line = rest[..<end]
            rest = end == rest.endIndex ? [] : rest[(end + 1)...]
            if line.isEmpty { break }
            if line.first == 0x20, let last = lines.indices.last {
                lines[last].value.append(0x0A)
                lines[last].value.append(contentsOf: line.dropFirst())
                continue
            }
            let space = line.firstIndex(of: 0x20) ?? line.endIndex
            let value = space == line.endIndex ? [] : Array(line[(space + 1)...])
            lines.append((String(decoding: line[..<space], as: UTF8.self), value))
        }
        message = rest
    }

    /// The first value of a key.
    func first(_ key: String) -> [UInt8]? { lines.first { $0.key == key }?.value }
}
