@testable import Objects

/// Builds packs byte by byte, honest ones and others.
struct PackBytes {
    /// The entries, in order.
    private(set) var body: [UInt8] = []
    private(set) var count = 0

    /// Where the next entry starts.
    var position: Int { 12 + body.count }

    /// The whole pack; `declared` and `version` may lie, the checksum never does.
    func pack(declared: Int? = nil, version: UInt32 = 2, magic: String = "PACK") -> [UInt8] {
        var bytes = Array(magic.utf8)
        for number in [version, UInt32(declared ?? count)] {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += body
        let checksum = PackChecksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        return bytes + checksum.finish().bytes
    }

    /// Adds raw bytes as an entry.
    mutating func add(raw: [UInt8]) {
        body += raw
        count += 1
    }

    /// Adds an object, and returns its id.
    @discardableResult
    mutating func add(_ kind: ObjectKind, _ content: [UInt8], declaring size: Int? = nil) throws -> ObjectID {
        let type = [ObjectKind.commit: 1, .tree: 2, .blob: 3, .tag: 4][kind] ?? 0
        add(raw: Self.header(type, size ?? content.count) + (try Self.deflate(content)))
        return try Self.id(kind, content)
    }

    /// Adds a delta whose base is named by its id.
    mutating func add(delta: [UInt8], against base: ObjectID) throws {
        add(raw: Self.header(7, delta.count) + base.bytes + (try Self.deflate(delta)))
    }

    /// Adds a delta whose base starts `distance` bytes before it.
    mutating func add(delta: [UInt8], distance: Int) throws {
        var bytes = [UInt8(distance & 0x7F)]
        var rest = distance >> 7
        while rest > 0 {
            rest -= 1
            bytes.insert(0x80 | UInt8(rest & 0x7F), at: 0)
            rest >>= 7
        }
        add(raw: Self.header(6, delta.count) + bytes + (try Self.deflate(delta)))
    }

    static func header(_ type: Int, _ size: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var byte = UInt8(type << 4 | size & 15)
        var rest = size >> 4
        while rest > 0 {
            bytes.append(byte | 0x80)
            byte = UInt8(rest & 0x7F)
            rest >>= 7
        }
        return bytes + [byte]
    }

    static func deflate(_ content: [UInt8]) throws -> [UInt8] {
        let deflater = try Deflater()
        return try content.withUnsafeBytes { Array(try deflater.deflate($0)) }
    }

    static func id(_ kind: ObjectKind, _ content: [UInt8]) throws -> ObjectID {
        try content.withUnsafeBytes { try ObjectHasher.id(of: $0, kind: kind) }
    }

    // MARK: Deltas

    static func number(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// Instructions that make a result of at most 127 new bytes.
    static func insert(_ result: [UInt8], baseSize: Int) -> [UInt8] {
        number(baseSize) + number(result.count) + [UInt8(result.count)] + result
    }

    /// Instructions that copy from the base's start as often as given, each time `length` bytes (below 16 MiB).
    static func copy(_ length: Int, times: Int = 1, baseSize: Int, declaring result: Int? = nil) -> [UInt8] {
        let instruction: [UInt8] = [
            0xF0, UInt8(length & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length >> 16 & 0xFF),
        ]
        return number(baseSize) + number(result ?? length * times)
            + Array(repeatElement(instruction, count: times).joined())
    }
}
