/// A list of folders of objects as git has it in its environment.
///
/// Source: GIT_ALTERNATE_OBJECT_DIRECTORIES in git(1): paths separated by colons; one that starts with a double quote is quoted as
/// a string of C.
package enum ObjectFolderList {
    /// The paths, in order; what follows a quote that is never closed is passed over.
    package static func paths(_ list: String) -> [String] {
        var paths: [String] = []
        var rest = Array(list.utf8)[...]
        while !rest.isEmpty {
            let path: [UInt8]
            if rest.first == quote {
                guard let unquoted = unquote(&rest) else { return paths }
                path = unquoted
            } else {
                path = Array(rest.prefix { $0 != colon })
            }
            rest = rest.drop { $0 != colon }.dropFirst()
            if !path.isEmpty { paths.append(String(decoding: path, as: UTF8.self)) }
        }
        return paths
    }

    private static let colon = UInt8(ascii: ":")
    private static let quote = UInt8(ascii: "\"")
    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "v"): 11,
        UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13,
    ]

    /// Takes a quoted string off the start; nil when it does not end.
    private static func unquote(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte == quote { return bytes }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(3).prefix { (0x30...0x37).contains($0) }
            if digits.count == 3 {
                bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }))
                rest = rest.dropFirst(3)
            } else if let next = rest.popFirst() {
                bytes.append(escapes[next] ?? next)
            }
        }
        return nil
    }
}
