import CZlib

/// The bytes of a whole object as an entry of a pack.
enum PackEntryForm {
    /// An encoded entry.
    struct Encoded {
        /// Header and compressed data.
        let data: [UInt8]
        /// Its CRC-32.
        let checksum: UInt32
        /// The header's part.
        let headerLength: UInt8
    }

    /// Encodes an object with zlib's fastest level.
    static func encode(_ content: [UInt8], kind: ObjectKind) throws(AmxError) -> Encoded {
        var data: [UInt8] = []
        var size = content.count >> 4
        var byte = kind.packType << 4 | UInt8(content.count & 0x0F)
        while size > 0 {
            data.append(byte | 0x80)
            byte = UInt8(size & 0x7F)
            size >>= 7
        }
        data.append(byte)
        let header = data.count
        var length = compressBound(UInt(content.count))
        var result = Z_OK
        data += [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
            result = content.withUnsafeBufferPointer { content in
                compress2(buffer.baseAddress, &length, content.baseAddress, UInt(content.count), 1)
            }
            count = result == Z_OK ? Int(length) : 0
        }
        guard result == Z_OK else { throw AmxError(.failure, "cannot deflate an object: out of memory") }
        let checksum = data.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        return Encoded(
            data: data, checksum: UInt32(truncatingIfNeeded: checksum), headerLength: UInt8(truncatingIfNeeded: header))
    }
}

extension ObjectKind {
    /// The number that stands for the kind in a pack.
    fileprivate var packType: UInt8 {
        switch self {
        case .commit: 1
        case .tree: 2
        case .blob: 3
        case .tag: 4
        }
    }
}
