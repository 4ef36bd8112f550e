import Objects

/// Writes tar headers in the one form that a `.kc` file has (`docs/format-kc.md`, section 2).
enum TarHeader {
    static let blockBytes = 512
    /// The largest size that eleven octal digits hold.
    static let largestFile = 0o777_7777_7777

    /// What fills a length up to a multiple of 512.
    static func padding(after count: Int) -> Int { (blockBytes - count % blockBytes) % blockBytes }

    /// The headers of a file: the pax header where ustar cannot hold the path, then its own; nil when the file is too large.
    static func bytes(path: [UInt8], mode: FileMode, size: Int) -> [UInt8]? {
        guard size >= 0, size <= largestFile else { return nil }
        let permissions = mode == .executable ? 0o755 : 0o644
        if let (prefix, name) = split(path) {
            return block(name: name, prefix: prefix, permissions: permissions, size: size, type: UInt8(ascii: "0"))
        }
        let body = paxRecord(path)
        var bytes = block(
            name: Array("PaxHeader".utf8)[...], prefix: [], permissions: 0o644, size: body.count,
            type: UInt8(ascii: "x"))
        bytes += body
        bytes += [UInt8](repeating: 0, count: padding(after: body.count))
        bytes += block(
            name: path.suffix(100), prefix: [], permissions: permissions, size: size, type: UInt8(ascii: "0"))
        return bytes
    }

    /// Splits a path at the leftmost slash that leaves at most 100 bytes after it.
    private static func split(_ path: [UInt8]) -> (prefix: ArraySlice<UInt8>, name: ArraySlice<UInt8>)? {
        if path.count <= 100 { return ([], path[...]) }
        guard let slash = path.suffix(101).firstIndex(of: UInt8(ascii: "/")), (1...155).contains(slash) else {
            return nil
        }
        return (path[..<slash], path[(slash + 1)...])
    }

    /// `<length> path=<path>` and a line feed; the length counts its own digits.
    private static func paxRecord(_ path: [UInt8]) -> [UInt8] {
        let rest = " path=".utf8.count + path.count + 1
        var length = rest + 1
        while String(length).utf8.count + rest != length { length += 1 }
        return Array("\(length) path=".utf8) + path + [UInt8(ascii: "\n")]
    }

    private static func block(
        name: ArraySlice<UInt8>, prefix: ArraySlice<UInt8>, permissions: Int, size: Int, type: UInt8
    ) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(blockBytes)
        func put(_ field: some Sequence<UInt8>, width: Int) {
            let end = block.count + width
            block += field
            while block.count < end { block.append(0) }
        }
        put(name, width: 100)
        for number in [permissions, 0, 0] { put(octal(number, digits: 7), width: 8) }
        for number in [size, 0] { put(octal(number, digits: 11), width: 12) }
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), width: 8)
        put([type], width: 1 + 100)
        put(Array("ustar\0".utf8) + Array("00".utf8), width: 8 + 64)
        for _ in 0..<2 { put(octal(0, digits: 7), width: 8) }
        put(prefix, width: 155 + 12)
        let sum = block.reduce(0) { $0 + Int($1) }
        block.replaceSubrange(148..<156, with: octal(sum, digits: 6) + [0, UInt8(ascii: " ")])
        return block
    }

    private static func octal(_ number: Int, digits: Int) -> [UInt8] {
        let text = Array(String(number, radix: 8).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
    }
}
