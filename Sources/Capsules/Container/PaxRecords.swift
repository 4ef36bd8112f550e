/// What the records of a pax header say about an entry.
///
/// Owners, times, extended attributes and comments are ignored; what would change the entry in another way is refused.
struct PaxRecords {
    private(set) var path: [UInt8]?
    private(set) var size: Int?
    private(set) var linkPath: [UInt8]?

    /// Whether nothing in them names an entry or its size.
    var isNeutral: Bool { path == nil && size == nil && linkPath == nil }

    /// Reads the body of a pax header: records of the form `<length> <key>=<value>` and a line feed.
    init(_ body: [UInt8]) throws(TarDefect) {
        var rest = body[...]
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...8).contains(digits.count), digits.first != UInt8(ascii: "0"),
                case let length = digits.reduce(0, { $0 * 10 + Int($1 & 15) }),
                length > digits.count + 2, length <= rest.count
            else { throw TarDefect("its pax header has a record with a wrong length") }
            let record = rest.prefix(length)
            guard record[digits.endIndex] == UInt8(ascii: " "), record.last == UInt8(ascii: "\n") else {
                throw TarDefect("its pax header has a record that does not end where its length says")
            }
            let pair = record[(digits.endIndex + 1)...].dropLast()
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), equals > pair.startIndex else {
                throw TarDefect("its pax header has a record without a key")
            }
            try take(key: pair[..<equals], value: pair[(equals + 1)...])
            rest = rest.dropFirst(length)
        }
    }

    private mutating func take(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) throws(TarDefect) {
        let name = String(decoding: key, as: UTF8.self)
        switch name {
        case "path": path = try text(value, of: name, before: path)
        case "linkpath": linkPath = try text(value, of: name, before: linkPath)
        case "size":
            guard size == nil else { throw TarDefect("its pax header sets its size twice") }
            guard (1...18).contains(value.count),
                value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { throw TarDefect("its pax header has a size that is not a number in range") }
            size = value.reduce(0) { $0 * 10 + Int($1 & 15) }
        case "hdrcharset":
            guard ["BINARY", "ISO-IR 10646 2000 UTF-8"].contains(String(decoding: value, as: UTF8.self)) else {
                throw TarDefect("its pax header is in another character set than UTF-8")
            }
        default:
            guard !name.hasPrefix("GNU.sparse."), name != "SCHILY.realsize" else {
                throw TarDefect(Self.sparse, .content)
            }
        }
    }

    /// Why a sparse file is refused.
    static let sparse = "it is a sparse file, and only regular files are content"

    private func text(_ value: ArraySlice<UInt8>, of key: String, before: [UInt8]?) throws(TarDefect) -> [UInt8] {
        guard before == nil else { throw TarDefect("its pax header sets \(key) twice") }
        guard !value.isEmpty, !value.contains(0) else {
            throw TarDefect("its pax header has an empty \(key) or one with a NUL")
        }
        return Array(value)
    }
}
