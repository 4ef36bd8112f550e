import Glibc

/// Writes a pack's index, version 2.
///
/// Source: gitformat-pack(5), "pack-*.idx files".
enum PackIndexFile {
    /// Writes the index of entries whose places are listed in `order`, by ascending id, and fsyncs nothing.
    static func write(
        _ entries: [PackEntry], ids: [ObjectID], order: [UInt32], pack: ObjectID, to path: String
    ) throws(AmxError) -> OpenFile {
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o444)
        try file.write(encode(entries, ids: ids, order: order, pack: pack))
        return file
    }

    /// The bytes of such an index.
    static func encode(_ entries: [PackEntry], ids: [ObjectID], order: [UInt32], pack: ObjectID) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0x74, 0x4F, 0x63]
        bytes.reserveCapacity(1100 + order.count * 28)
        append(2, to: &bytes)
        var at = 0
        for first in UInt8.min...UInt8.max {
            while at < order.count, ids[Int(order[at])].firstByte <= first { at += 1 }
            append(UInt32(truncatingIfNeeded: at), to: &bytes)
        }
        for index in order { bytes.append(contentsOf: ids[Int(index)].bytes) }
        for index in order { append(entries[Int(index)].checksum, to: &bytes) }
        var large: [UInt64] = []
        for index in order {
            let offset = entries[Int(index)].offset
            if let small = UInt32(exactly: offset), small < 1 << 31 {
                append(small, to: &bytes)
            } else {
                append(1 << 31 | UInt32(truncatingIfNeeded: large.count), to: &bytes)
                large.append(offset)
            }
        }
        for offset in large { withUnsafeBytes(of: offset.bigEndian) { bytes.append(contentsOf: $0) } }
        bytes.append(contentsOf: pack.bytes)
        let checksum = PackChecksum()
        bytes.withUnsafeBytes { checksum.update($0) }
        bytes.append(contentsOf: checksum.finish().bytes)
        return bytes
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
