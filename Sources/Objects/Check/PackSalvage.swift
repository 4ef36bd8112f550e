import CZlib
import Glibc

/// Reads the objects of a pack one by one, where the pack as a whole cannot be read, by its index.
///
/// What it gives has been hashed. It holds 32 bytes for each object and at most ``keptBytes`` of bases. Not for use by several
/// threads at once. Source: gitformat-pack(5).
final class PackSalvage {
    /// How many bytes of objects are kept as bases of others.
    private static let keptBytes = 128 << 20
    /// More than the header of an entry takes: a size, a distance or an id.
    private static let headerBytes = 40

    /// One object by the index.
    private struct Place {
        let id: ObjectID
        let checksum: UInt32
        let start: Int
        var end: Int
    }

    /// How an object fared.
    enum Fate {
        case whole(ObjectKind, [UInt8])
        /// The object is whole, but not the bytes that hold it.
        case blemished(ObjectKind, [UInt8])
        case lost
    }

    private enum Base {
        case place(Int)
        case kind(ObjectKind)
    }

    private let file: OpenFile
    private var places: [Place]
    private let numbers: [ObjectID: Int]
    private var kept: [Int: (kind: ObjectKind, content: [UInt8])] = [:]
    private var keptCount = 0

    /// The objects in the pack's order.
    var ids: [ObjectID] { places.map(\.id) }

    /// Opens `<name>.pack` by `<name>.idx` in a folder; nil when the index is not sound in itself.
    init?(_ name: String, in folder: String) {
        guard let index = try? FileContent.read("\(folder)/\(name).idx"), var places = Self.places(index),
            let file = try? OpenFile("\(folder)/\(name).pack", O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let size = try? Int(file.status().st_size)
        else { return nil }
        places.sort { $0.start < $1.start }
        for number in places.indices {
            let next = number + 1 < places.count ? places[number + 1].start : size - ObjectID.byteCount
            places[number].end = min(next, size - ObjectID.byteCount)
        }
        self.places = places
        self.file = file
        numbers = Dictionary(zip(places.map(\.id), places.indices), uniquingKeysWith: { first, _ in first })
    }

    /// An object of the pack, hashed.
    func fate(of id: ObjectID) -> Fate {
        guard let number = numbers[id], let (kind, content) = object(at: number),
            let found = try? content.withUnsafeBytes({ try ObjectHasher.id(of: $0, kind: kind) }), found == id
        else { return .lost }
        return isAsIndexed(places[number]) ? .whole(kind, content) : .blemished(kind, content)
    }

    // MARK: The index

    private static func places(_ index: [UInt8]) -> [Place]? {
        let checksum = PackChecksum()
        index.dropLast(ObjectID.byteCount).withUnsafeBytes { checksum.update($0) }
        guard index.starts(with: [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]), index.count >= 1072,
            ObjectID(bytes: index.suffix(ObjectID.byteCount)) == checksum.finish()
        else { return nil }
        func number(_ position: Int) -> Int { index[position..<position + 4].reduce(0) { $0 << 8 | Int($1) } }
        let count = number(1028)
        let far = 1032 + count * 28
        guard count <= (index.count - 1072) / 28 else { return nil }
        var places: [Place] = []
        places.reserveCapacity(count)
        for row in 0..<count {
            guard let id = ObjectID(bytes: index[(1032 + row * ObjectID.byteCount)...].prefix(ObjectID.byteCount))
            else {
                return nil
            }
            let checksum = UInt32(truncatingIfNeeded: number(1032 + count * 20 + row * 4))
            var start = number(1032 + count * 24 + row * 4)
            if start >= 1 << 31 {
                let position = far + (start - 1 << 31) * 8
                guard position >= far, position <= index.count - 48, number(position) < 1 << 31 else { return nil }
                start = number(position) << 32 | number(position + 4)
            }
            places.append(Place(id: id, checksum: checksum, start: start, end: start))
        }
        return places
    }

    private func isAsIndexed(_ place: Place) -> Bool {
        guard let bytes = try? file.read(at: place.start, count: place.end - place.start) else { return false }
        let checksum = bytes.withUnsafeBytes {
            crc32_z(0, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        return UInt32(truncatingIfNeeded: checksum) == place.checksum
    }

    // MARK: Entries

    private func object(at number: Int) -> (kind: ObjectKind, content: [UInt8])? {
        var deltas: [(number: Int, data: [UInt8])] = []
        var at = number
        var object: (kind: ObjectKind, content: [UInt8])
        while true {
            if let known = kept[at] {
                object = known
                break
            }
            // Bases that go round in a circle end here as well.
            guard deltas.count <= 4096, let (base, data) = entry(at: at) else { return nil }
            if case .kind(let kind) = base {
                object = (kind, data)
                keep(object, at)
                break
            }
            guard case .place(let next) = base else { return nil }
            deltas.append((at, data))
            at = next
        }
        for delta in deltas.reversed() {
            let result = delta.data.withUnsafeBytes { delta in
                object.content.withUnsafeBytes { DeltaInstructions.apply(delta, to: $0) }
            }
            guard let result else { return nil }
            object.content = result
            keep(object, delta.number)
        }
        return object
    }

    private func keep(_ object: (kind: ObjectKind, content: [UInt8]), _ number: Int) {
        if keptCount + object.content.count > Self.keptBytes {
            kept.removeAll(keepingCapacity: true)
            keptCount = 0
        }
        guard object.content.count <= Self.keptBytes, kept[number] == nil else { return }
        kept[number] = object
        keptCount += object.content.count
    }

    /// The base and the inflated data of an entry; nil when it is damaged.
    private func entry(at number: Int) -> (Base, [UInt8])? {
        let place = places[number]
        guard place.start >= 12, place.end > place.start,
            let bytes = try? file.read(at: place.start, count: place.end - place.start), let first = bytes.first
        else { return nil }
        var position = 1
        var size = UInt64(first & 0x0F)
        var shift: UInt64 = 4
        var byte = first
        while byte & 0x80 != 0 {
            guard position < min(bytes.count, Self.headerBytes), shift < 57 else { return nil }
            byte = bytes[position]
            size |= UInt64(byte & 0x7F) << shift
            shift += 7
            position += 1
        }
        guard let base = base(first >> 4 & 7, place, bytes, &position),
            let data = try? bytes.withUnsafeBytes({
                try Inflater.content(of: UnsafeRawBufferPointer(rebasing: $0.dropFirst(position)))
            }), UInt64(data.count) == size
        else { return nil }
        return (base, data)
    }

    private func base(_ type: UInt8, _ place: Place, _ bytes: [UInt8], _ position: inout Int) -> Base? {
        switch type {
        case 1: return .kind(.commit)
        case 2: return .kind(.tree)
        case 3: return .kind(.blob)
        case 4: return .kind(.tag)
        case 6:
            guard position < bytes.count else { return nil }
            var byte = bytes[position]
            var distance = Int(byte & 0x7F)
            position += 1
            while byte & 0x80 != 0 {
                guard position < bytes.count, distance < 1 << 48 else { return nil }
                byte = bytes[position]
                distance = (distance + 1) << 7 | Int(byte & 0x7F)
                position += 1
            }
            let start = place.start - distance
            let number = places.partitioningIndex { $0.start >= start }
            guard number < places.count, places[number].start == start else { return nil }
            return .place(number)
        case 7:
            guard bytes.count - position >= ObjectID.byteCount,
                let id = ObjectID(bytes: bytes[position..<position + ObjectID.byteCount]), let number = numbers[id]
            else { return nil }
            position += ObjectID.byteCount
            return .place(number)
        default: return nil
        }
    }
}
