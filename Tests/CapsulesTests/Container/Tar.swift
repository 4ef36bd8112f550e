import Objects

/// Tar headers with any fields, for archives that the product would never write.
enum Tar {
    /// What a header is made of; the defaults are a regular file in the ustar form.
    struct Header {
        var name: [UInt8]
        var mode = "0000644\0"
        var size: [UInt8]
        var type: UInt8 = UInt8(ascii: "0")
        var link = ""
        var magic = "ustar\u{0}00"
        var prefix: [UInt8] = []

        init(_ name: String, size: Int = 0, type: String = "0") {
            self.name = Array(name.utf8)
            let digits = String(size, radix: 8)
            self.size = Array((String(repeating: "0", count: 11 - digits.count) + digits + "\0").utf8)
            self.type = Array(type.utf8)[0]
        }

        var bytes: [UInt8] {
            var block = [UInt8](repeating: 0, count: 512)
            func put(_ offset: Int, _ bytes: [UInt8]) {
                for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
            }
            put(0, name)
            put(100, Array(mode.utf8))
            put(108, Array("0000000\00000000\0".utf8))
            put(124, size)
            put(136, Array("00000000000\0".utf8))
            put(157, Array(link.utf8))
            put(257, Array(magic.utf8))
            put(345, prefix)
            block[156] = type
            Tar.seal(&block, at: 0)
            return block
        }
    }

    /// Writes the checksum of the header at an offset.
    static func seal(_ archive: inout [UInt8], at offset: Int) {
        for index in 148..<156 { archive[offset + index] = 32 }
        let sum = archive[offset..<offset + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let field = Array((String(repeating: "0", count: 6 - digits.count) + digits + "\0 ").utf8)
        for (index, byte) in field.enumerated() { archive[offset + 148 + index] = byte }
    }

    /// Content with its padding.
    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// A file.
    static func file(_ name: String, _ text: String = "") -> [UInt8] {
        Header(name, size: text.utf8.count).bytes + padded(Array(text.utf8))
    }

    /// A header of another type with a body: `x`, `g`, `L`, `K`.
    static func extended(_ type: String, _ body: [UInt8], name: String = "extended") -> [UInt8] {
        Header(name, size: body.count, type: type).bytes + padded(body)
    }

    /// A pax header with well-formed records.
    static func pax(_ records: [(String, String)], type: String = "x") -> [UInt8] {
        extended(type, records.flatMap { record($0, $1) })
    }

    /// One well-formed pax record.
    static func record(_ key: String, _ value: String) -> [UInt8] {
        let rest = key.utf8.count + value.utf8.count + 3
        var length = rest
        while String(length).utf8.count + rest != length { length += 1 }
        return Array("\(length) \(key)=\(value)\n".utf8)
    }

    /// Two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 1_024)
    static let manifest = file("manifest.json", "{}")
}
