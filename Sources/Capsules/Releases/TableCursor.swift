import Objects

/// Steps through a table's bytes: numbers are little-endian, texts and lists have their length before them.
struct TableCursor {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> Slice<UnsafeRawBufferPointer>? {
        guard count >= 0, count <= rest.count else { return nil }
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return taken
    }

    mutating func byte() -> UInt8? { take(1)?.first }

    mutating func wide() -> UInt64? {
        take(8).map { UnsafeRawBufferPointer(rebasing: $0).loadUnaligned(as: UInt64.self).littleEndian }
    }

    mutating func number() -> Int? {
        take(4).map { Int(UnsafeRawBufferPointer(rebasing: $0).loadUnaligned(as: UInt32.self).littleEndian) }
    }

    mutating func text() -> String? {
        guard let count = number(), let bytes = take(count) else { return nil }
        return String(validating: UnsafeRawBufferPointer(rebasing: bytes), as: UTF8.self)
    }

    mutating func objectID() -> ObjectID? {
        take(ObjectID.byteCount).flatMap { ObjectID(bytes: UnsafeRawBufferPointer(rebasing: $0)) }
    }

    mutating func contentDigest() -> ContentDigest? {
        take(SHA256Digest.byteCount).flatMap { SHA256Digest(bytes: [UInt8](UnsafeRawBufferPointer(rebasing: $0))) }
            .map(ContentDigest.init(sha256:))
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
