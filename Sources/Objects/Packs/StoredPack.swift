import CDeflate

/// A pack at rest with its index, both mapped: finds objects and the bytes of their entries.
///
/// Nothing in either file is taken on trust: what does not fit is not found. Not for use by several threads at once.
/// Source: gitformat-pack(5).
final class StoredPack {
    /// An entry as it stands in the pack.
    struct Entry {
        /// How it holds its object.
        let form: PackEntry.Form
        /// The object's kind; nil for a delta.
        let kind: ObjectKind?
        /// The inflated bytes of the entry: the object, or the delta's instructions.
        let size: Int
        /// The object that a delta is made against.
        let base: ObjectID?
        /// All bytes of the entry, header included.
        let bytes: UnsafeRawBufferPointer
        /// The compressed data.
        let data: UnsafeRawBufferPointer
    }

    /// An entry's place in the pack and in the index.
    private struct Place {
        let offset: Int
        let position: UInt32
    }

    private static let tables = 8 + 256 * 4
    private let pack: MappedFile
    private let index: MappedFile
    private let count: Int
    private lazy var places = sortedPlaces()

    /// Opens `<name>.pack` by `<name>.idx`; nil when one of them is gone, of another version, or does not fit the other.
    init?(in folder: String, _ name: String) throws(AmxError) {
        guard let index = try MappedFile("\(folder)/\(name).idx"), let pack = try MappedFile("\(folder)/\(name).pack")
        else { return nil }
        guard index.bytes.count >= Self.tables, pack.bytes.count >= 12 + ObjectID.byteCount,
            index.bytes.number(at: 0) == 0xFF74_4F63, index.bytes.number(at: 4) == 2
        else { return nil }
        let count = Int(index.bytes.number(at: 8 + 255 * 4))
        guard count <= (index.bytes.count - Self.tables) / (ObjectID.byteCount + 8) else { return nil }
        self.pack = pack
        self.index = index
        self.count = count
    }

    /// Every pack of a repository; an odd one is left to others.
    static func all(of repository: Repository) throws(AmxError) -> [StoredPack] {
        let folder = repository.packDirectory
        guard Directory.isFolder(folder) else { return [] }
        var packs: [StoredPack] = []
        for name in try Directory.names(in: folder) where name.starts(with: "pack-".utf8) {
            guard name.suffix(4).elementsEqual(".idx".utf8),
                let stem = String(validating: name.dropLast(4), as: UTF8.self),
                let pack = try StoredPack(in: folder, stem)
            else { continue }
            packs.append(pack)
        }
        return packs
    }

    /// An object's place in the index; nil when it is not in the pack.
    func position(of id: ObjectID) -> Int? {
        let first = Int(id.firstByte)
        var low = first == 0 ? 0 : Int(index.bytes.number(at: 8 + (first - 1) * 4))
        var high = Int(index.bytes.number(at: 8 + first * 4))
        guard high <= count else { return nil }
        while low < high {
            let middle = low + (high - low) / 2
            let found = self.id(at: middle)
            if found == id { return middle }
            if found < id { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The entry at a place in the index; nil when it is damaged, by its checksum too.
    func entry(at position: Int) -> Entry? {
        guard let offset = offset(at: position) else { return nil }
        let at = places.partitioningIndex { $0.offset >= offset }
        guard at < places.count, places[at].offset == offset else { return nil }
        let end = at + 1 < places.count ? places[at + 1].offset : pack.bytes.count - ObjectID.byteCount
        guard end <= pack.bytes.count - ObjectID.byteCount, offset < end else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: pack.bytes[offset..<end])
        let checksum = index.bytes.number(at: Self.tables + count * ObjectID.byteCount + position * 4)
        guard libdeflate_crc32(0, bytes.baseAddress, bytes.count) == checksum else { return nil }
        return entry(bytes, at: offset)
    }

    private func entry(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Entry? {
        guard var byte = bytes.first else { return nil }
        let type = byte >> 4 & 7
        var size = Int(byte & 0x0F)
        var shift = 4
        var at = 1
        while byte & 0x80 != 0 {
            guard at < bytes.count, shift < 56 else { return nil }
            byte = bytes[at]
            at += 1
            size |= Int(byte & 0x7F) << shift
            shift += 7
        }
        var form = PackEntry.Form.whole
        var base: ObjectID?
        switch type {
        case 6:
            form = .offsetDelta
            guard let distance = Self.distance(bytes, &at), distance > 0, distance < offset else { return nil }
            let place = places.partitioningIndex { $0.offset >= offset - distance }
            guard place < places.count, places[place].offset == offset - distance else { return nil }
            base = id(at: Int(places[place].position))
        case 7:
            form = .referenceDelta
            base = ObjectID(bytes: bytes[at...].prefix(ObjectID.byteCount))
            at += ObjectID.byteCount
        default: break
        }
        let kind = ObjectKind(packType: type)
        guard (kind == nil) == (base != nil), at < bytes.count else { return nil }
        return Entry(
            form: form, kind: kind, size: size, base: base, bytes: bytes,
            data: UnsafeRawBufferPointer(rebasing: bytes[at...]))
    }

    /// How far before a delta its base starts.
    private static func distance(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Int? {
        var value = 0
        while at < bytes.count, value < 1 << 48 {
            let byte = bytes[at]
            at += 1
            value |= Int(byte & 0x7F)
            if byte & 0x80 == 0 { return value }
            value = (value + 1) << 7
        }
        return nil
    }

    private func id(at position: Int) -> ObjectID {
        let start = Self.tables + position * ObjectID.byteCount
        return ObjectID(bytes: index.bytes[start..<(start + ObjectID.byteCount)]) ?? .zero
    }

    private func offset(at position: Int) -> Int? {
        let offsets = Self.tables + count * (ObjectID.byteCount + 4)
        let small = index.bytes.number(at: offsets + position * 4)
        if small < 1 << 31 { return Int(small) }
        let large = offsets + count * 4 + Int(small & 0x7FFF_FFFF) * 8
        guard large + 8 <= index.bytes.count - 2 * ObjectID.byteCount else { return nil }
        return Int(exactly: UInt64(index.bytes.number(at: large)) << 32 | UInt64(index.bytes.number(at: large + 4)))
    }

    /// All entries in the order of the pack.
    private func sortedPlaces() -> [Place] {
        (0..<count).compactMap { position in
            offset(at: position).map { Place(offset: $0, position: UInt32(truncatingIfNeeded: position)) }
        }.sorted { $0.offset < $1.offset }
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian number that starts at a place, which lies inside.
    fileprivate func number(at position: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }
}
