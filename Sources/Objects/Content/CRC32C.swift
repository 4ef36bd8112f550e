import CLinux

/// The cyclic redundancy check of iSCSI and ext4: CRC-32 with Castagnoli's polynomial, reflected (RFC 3720, appendix B.4).
///
/// It finds what a crash tore or a disk flipped; against intent it protects nothing. The processor's own instruction counts it where there is
/// one; else eight bytes are looked up at a time.
package struct CRC32C: Sendable {
    private var state: UInt32 = ~0

    /// Starts with no bytes.
    package init() {}

    /// The checksum of the bytes so far.
    package var value: UInt32 { ~state }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if amx_crc32c(&state, bytes.baseAddress, bytes.count) == 0 { return }
        updateByTables(bytes)
    }

    /// The same on any processor.
    package mutating func updateByTables(_ bytes: UnsafeRawBufferPointer) {
        var state = state
        Self.tables.withUnsafeBufferPointer { tables in
            var index = 0
            while index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(state)
                var next: UInt32 = 0
                for byte in 0..<8 { next ^= tables[(7 - byte) << 8 | Int(mixed >> (8 * UInt64(byte)) & 0xFF)] }
                state = next
                index += 8
            }
            while index < bytes.count {
                state = state >> 8 ^ tables[Int((state ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
        }
        self.state = state
    }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if contiguous == nil { Array(bytes).withUnsafeBytes { update($0) } }
    }

    /// The checksum of bytes that are all at hand.
    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes)
        return crc.value
    }

    /// Eight tables of 256 entries: the effect of a byte with none to seven zero bytes after it.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 0 ? 0 : 0x82F6_3B78) }
        }
        for index in 256..<2048 {
            let previous = tables[index - 256]
            tables.append(previous >> 8 ^ tables[Int(previous & 0xFF)])
        }
        return tables
    }()
}
