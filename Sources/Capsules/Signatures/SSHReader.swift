/// Reads the binary form that SSH's keys and signatures are written in (RFC 4251, section 5).
///
/// Every length is held against the bytes that are left; nothing is read twice or past the end.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    /// Starts at the first of some bytes.
    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    /// Whether all bytes have been read.
    var isAtEnd: Bool { rest.isEmpty }

    /// The next byte.
    mutating func byte() -> UInt8? { rest.popFirst() }

    /// The next four bytes as a number, the highest first.
    mutating func number() -> UInt32? {
        guard let bytes = bytes(4) else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The next bytes, as many as are asked for.
    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// A length of four bytes and so many bytes after it.
    mutating func string() -> [UInt8]? {
        guard let length = number(), let count = Int(exactly: length) else { return nil }
        return bytes(count)
    }

    /// The binary form of a string.
    static func encoded(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: bytes.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + bytes
    }
}
