/// What the headers before an entry's own say about it: a pax header, or GNU's long name and long link.
struct TarNames {
    private var pax: PaxRecords?
    private var gnuName: [UInt8]?
    private var hasLongLink = false

    /// Whether no header was taken that must be followed by an entry.
    var isEmpty: Bool { pax == nil && gnuName == nil && !hasLongLink }

    /// The name that replaces the header's own.
    var longName: [UInt8]? { pax?.path ?? gnuName }

    /// Takes the body of a header of type `x`, `g`, `L` or `K`.
    mutating func take(_ body: [UInt8], type: UInt8) throws(TarDefect) {
        switch type {
        case UInt8(ascii: "x"):
            guard pax == nil else { throw TarDefect("two pax headers stand before one entry") }
            pax = try PaxRecords(body)
        case UInt8(ascii: "L"):
            guard gnuName == nil else { throw TarDefect("two long names stand before one entry") }
            let name = try TarBlock.text(body[...])
            guard !name.isEmpty else { throw TarDefect("it has an empty long name") }
            gnuName = name
        case UInt8(ascii: "K"):
            guard !hasLongLink else { throw TarDefect("two long links stand before one entry") }
            hasLongLink = true
        default:
            guard try PaxRecords(body).isNeutral else {
                throw TarDefect("a global pax header sets the path or size of every entry")
            }
        }
    }

    /// The name of the entry and whether it is a folder; throws when it is neither that nor a regular file.
    func resolve(_ fields: TarBlock) throws(TarDefect) -> (name: [UInt8], isFolder: Bool) {
        let isFolder = try isFolder(fields)
        guard pax?.path == nil || gnuName == nil else {
            throw TarDefect("a pax path and a long name stand before one entry")
        }
        guard !hasLongLink, pax?.linkPath == nil else { throw TarDefect("it is no link but has a link's target") }
        guard pax?.size ?? fields.size == fields.size else {
            throw TarDefect("its pax header and its header differ in size")
        }
        let name = longName ?? fields.name
        guard !name.isEmpty else { throw TarDefect("it has no name") }
        guard name.last == UInt8(ascii: "/") || isFolder else { return (name, false) }
        guard fields.size == 0 else { throw TarDefect("it is a folder with content") }
        return (name, true)
    }

    private func isFolder(_ fields: TarBlock) throws(TarDefect) -> Bool {
        let reason: String
        switch fields.type {
        case 0, UInt8(ascii: "0"): return false
        case UInt8(ascii: "5"): return true
        case UInt8(ascii: "1"): reason = "it is a hard link"
        case UInt8(ascii: "2"): reason = "it is a symbolic link"
        case UInt8(ascii: "3"), UInt8(ascii: "4"): reason = "it is a device"
        case UInt8(ascii: "6"): reason = "it is a pipe"
        case UInt8(ascii: "S"): throw TarDefect(PaxRecords.sparse, .content)
        default: reason = "it has the type '\(Unicode.Scalar(fields.type).escaped(asASCII: true))'"
        }
        throw TarDefect("\(reason), and only regular files are content", .content)
    }
}
