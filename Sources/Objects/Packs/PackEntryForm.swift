import CDeflate

/// How entries stand in a pack.
///
/// Source: gitformat-pack(5), "Pack file entry". Not for use by several threads at once.
final class PackEntryForm {
    private let deflater: Deflater

    init(_ deflater: Deflater) { self.deflater = deflater }

    /// Appends an object's entry to the bytes of a pack, of which `offset` have gone elsewhere.
    func append(
        _ content: UnsafeRawBufferPointer, kind: ObjectKind, to pack: inout [UInt8], after offset: UInt64
    ) throws(AmxError) -> PackEntry {
        guard let size = UInt32(exactly: content.count) else {
            throw AmxError(
                .failure, "cannot pack a \(kind.rawValue) of \(content.count) bytes: the most is \(UInt32.max)",
                hint: "split the file")
        }
        let start = pack.count
        Self.appendHeader(kind.packType, size: content.count, to: &pack)
        let header = pack.count - start
        pack.append(contentsOf: try deflater.deflate(content))
        var entry = PackEntry(offset: offset + UInt64(start), size: size, objectSize: size, form: .whole)
        entry.kind = kind
        entry.headerLength = UInt8(truncatingIfNeeded: header)
        entry.checksum = pack[start...].withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
        return entry
    }

    /// Appends an entry's type and size: four bits of the size in the first byte, seven in each that follows.
    static func appendHeader(_ type: UInt8, size: Int, to bytes: inout [UInt8]) {
        var rest = size >> 4
        var byte = type << 4 | UInt8(truncatingIfNeeded: size & 0x0F)
        while rest > 0 {
            bytes.append(byte | 0x80)
            byte = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
        }
        bytes.append(byte)
    }

    /// Appends how far before a delta its base starts.
    static func appendDistance(_ distance: UInt64, to bytes: inout [UInt8]) {
        // From the last byte on; each before it counts one more than it says.
        var digits = [UInt8(truncatingIfNeeded: distance & 0x7F)]
        var rest = distance >> 7
        while rest > 0 {
            rest -= 1
            digits.append(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(contentsOf: digits.reversed())
    }
}

extension ObjectKind {
    /// The number that stands for the kind in a pack.
    var packType: UInt8 {
        switch self {
        case .commit: 1
        case .tree: 2
        case .blob: 3
        case .tag: 4
        }
    }

    /// The kind that a number stands for in a pack; nil for deltas and what is unknown.
    init?(packType: UInt8) {
        switch packType {
        case 1: self = .commit
        case 2: self = .tree
        case 3: self = .blob
        case 4: self = .tag
        default: return nil
        }
    }
}
