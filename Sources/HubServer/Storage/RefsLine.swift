import Capsules
import Objects

/// One repository's line of `GET /api/v1/owners/<owner>/refs`: compact JSON and a newline.
///
/// The same refs always give the same bytes, so a client may compare lines instead of reading them.
enum RefsLine {
    /// The line of a repository that could be read.
    static func encode(_ name: CapsuleID, _ refs: RefSnapshot) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(96 + 128 * refs.refs.count)
        line += "{\"head\":".utf8
        if let branch = refs.head.branch { append(branch.bytes, to: &line) } else { line += "null".utf8 }
        line += ",\"name\":\"\(name.string)\",\"refs\":[".utf8
        for (index, ref) in refs.refs.enumerated() {
            line += (index == 0 ? "{\"name\":" : ",{\"name\":").utf8
            append(ref.name.bytes, to: &line)
            line += ",\"oid\":\"".utf8
            line += ref.id.hexBytes
            if let peeled = ref.peeled {
                line += "\",\"peeled\":\"".utf8
                line += peeled.hexBytes
            }
            line += "\"}".utf8
        }
        line += "]}\n".utf8
        return line
    }

    /// The line of a repository whose refs cannot be read: a client that asks for it alone is told why.
    static func unreadable(_ name: CapsuleID) -> [UInt8] {
        Array("{\"head\":null,\"name\":\"\(name.string)\",\"refs\":null}\n".utf8)
    }

    /// Ref names are UTF-8 without control characters and backslashes: of what JSON escapes, only quotes can occur.
    private static func append(_ name: [UInt8], to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in name {
            if byte == UInt8(ascii: "\"") { line.append(UInt8(ascii: "\\")) }
            line.append(byte)
        }
        line.append(UInt8(ascii: "\""))
    }
}
