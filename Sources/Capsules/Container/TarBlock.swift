/// The fields of one tar header that matter, as read from its 512 bytes in the v7, ustar or GNU form.
struct TarBlock {
    /// The name with ustar's prefix before it.
    let name: [UInt8]
    let permissions: UInt32
    let size: Int
    let type: UInt8

    /// Reads a header whose checksum is right and whose fields are well formed.
    init(_ block: [UInt8]) throws(TarDefect) {
        guard block.count == TarHeader.blockBytes else { throw TarDefect("its header is cut short", .damage) }
        guard Self.isSealed(block) else { throw TarDefect("its header's checksum is wrong", .damage) }
        let magic = Array(block[257..<265])
        let isPosix = magic == Array("ustar\0".utf8) + Array("00".utf8)
        guard isPosix || magic == Array("ustar  \0".utf8) || magic.prefix(6).allSatisfy({ $0 == 0 }) else {
            throw TarDefect("its header is of no known form of tar")
        }
        let base = try Self.text(block[0..<100])
        let prefix = isPosix ? try Self.text(block[345..<500]) : []
        name = prefix.isEmpty ? base : prefix + [UInt8(ascii: "/")] + base
        type = block[156]
        guard let mode = Self.octal(block[100..<108]) else { throw TarDefect("its mode is not an octal number") }
        permissions = UInt32(truncatingIfNeeded: mode)
        size = try Self.size(block[124..<136])
    }

    /// Whether a block of 512 bytes has the checksum of a header.
    static func isSealed(_ block: [UInt8]) -> Bool {
        let field = block[148..<156]
        let sum = block.reduce(0) { $0 + Int($1) } - field.reduce(0) { $0 + Int($1) } + 8 * Int(UInt8(ascii: " "))
        return octal(field) == sum
    }

    /// The name as it can be shown when the header is otherwise malformed.
    static func nameForDisplay(_ block: [UInt8]) -> [UInt8] { Array(block.prefix(100).prefix { $0 != 0 }) }

    /// Text up to the first NUL; behind that only NULs may stand.
    static func text(_ field: ArraySlice<UInt8>) throws(TarDefect) -> [UInt8] {
        let text = field.prefix { $0 != 0 }
        guard field[text.endIndex...].allSatisfy({ $0 == 0 }) else {
            throw TarDefect("it has bytes after the NUL in its name")
        }
        return Array(text)
    }

    /// An octal number: blanks, at least one digit, then only blanks and NULs.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let blank = UInt8(ascii: " ")
        let start = field.drop { $0 == blank }
        let digits = start.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard !digits.isEmpty, start[digits.endIndex...].allSatisfy({ $0 == blank || $0 == 0 }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 & 7) }
    }

    /// A size in octal or, when the first bit is set, in base 256.
    private static func size(_ field: ArraySlice<UInt8>) throws(TarDefect) -> Int {
        guard let first = field.first, first & 0x80 != 0 else {
            guard let size = octal(field) else { throw TarDefect("its size is not an octal number") }
            return size
        }
        let leading = field.dropFirst().dropLast(7)
        guard first == 0x80, leading.allSatisfy({ $0 == 0 }) else {
            throw TarDefect("its size in base 256 is out of range")
        }
        return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
}
