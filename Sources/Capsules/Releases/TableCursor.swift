import Objects

/// Steps through a table's bytes: numbers are little-endian, texts and lists have their length before them.
struct TableCursor {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    /// Starts behind a table's first bytes; nil where those are others, or the checksum at its end is not that of what is before.
    init?(of table: UnsafeRawBufferPointer, startingWith magic: [UInt8]) {
        let end = table.count - Self.checksumBytes
        guard end >= magic.count, table.starts(with: magic) else { return nil }
        var crc = CRC32C()
        crc.update(UnsafeRawBufferPointer(rebasing: table[..<end]))
        guard table.loadUnaligned(fromByteOffset: end, as: UInt32.self).littleEndian == crc.value else { return nil }
        rest = UnsafeRawBufferPointer(rebasing: table[magic.count..<end])
    }

    /// The length of the checksum in bytes.
    static let checksumBytes = 4

    /// Ends a table with its checksum. It finds damage; whoever may write the file may as well write another.
    static func finish(_ table: inout [UInt8]) { LittleEndian.append(CRC32C.checksum(of: table), to: &table) }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }

    mutating func byte() -> UInt8? { take(1)?.first }

    mutating func wide() -> UInt64? { take(8).map { $0.loadUnaligned(as: UInt64.self).littleEndian } }

    mutating func number() -> Int? { take(4).map { Int($0.loadUnaligned(as: UInt32.self).littleEndian) } }

    mutating func text() -> String? {
        guard let count = number(), let bytes = take(count) else { return nil }
        // Validating costs ten times as much, and most texts are plain.
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        return String(validating: bytes, as: UTF8.self)
    }

    mutating func objectID() -> ObjectID? { take(ObjectID.byteCount).flatMap { ObjectID(bytes: $0) } }

    mutating func contentDigest() -> ContentDigest? {
        take(SHA256Digest.byteCount).flatMap { SHA256Digest(bytes: [UInt8]($0)) }.map(ContentDigest.init(sha256:))
    }

    /// A list whose elements take at least so many bytes each, so that no more memory is asked for than the file can fill.
    mutating func list<Element>(
        ofAtLeast width: Int, _ element: (inout TableCursor) -> Element?
    ) -> [Element]? {
        guard let count = number(), count <= rest.count / width else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            guard let next = element(&self) else { return nil }
            elements.append(next)
        }
        return elements
    }
}
