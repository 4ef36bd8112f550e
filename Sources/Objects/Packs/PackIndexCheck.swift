import Glibc

/// Makes sure that pack indexes point into their packs.
///
/// libgit2 follows an index's offsets without looking where they lead: one flipped bit, and it reads outside the pack and
/// takes the process down. So this comes before it sees a repository. Only the offsets are read, 4 bytes an object; whether
/// they are the right ones shows when the objects are read. Source: gitformat-pack(5).
struct PackIndexCheck {
    private let folder: String

    /// Checks every index in a repository's pack folder; `.verification` names the damaged one.
    static func check(packFolder folder: String) throws(AmxError) {
        guard Directory.isFolder(folder) else { return }
        let check = PackIndexCheck(folder: folder)
        for name in try Directory.names(in: folder) {
            if name.elementsEqual("multi-pack-index".utf8) {
                try check.checkMultiPackIndex("\(folder)/multi-pack-index")
            } else if name.starts(with: "pack-".utf8), name.suffix(4).elementsEqual(".idx".utf8),
                let index = String(validating: name, as: UTF8.self)
            {
                try check.checkIndex(index)
            }
        }
    }

    private func checkIndex(_ name: String) throws(AmxError) {
        let path = "\(folder)/\(name)"
        // An index whose pack is gone, or still to come, is never used.
        guard let limit = lastOffset(ofPack: "\(name.dropLast(4)).pack"), let table = try Table(path) else { return }
        let isFirstVersion = try table.number(at: 0) != 0xFF74_4F63
        let fanout = isFirstVersion ? 0 : 8
        let count = Int(try table.number(at: fanout + 255 * 4))
        guard count <= table.size / ObjectID.byteCount else { throw table.damaged }
        if isFirstVersion {
            try table.check(from: 1024, count: count, stride: 24, position: 0, large: nil, below: { _ in limit })
        } else {
            let offsets = fanout + 1024 + count * (ObjectID.byteCount + 4)
            try table.check(
                from: offsets, count: count, stride: 4, position: 0, large: offsets + count * 4, below: { _ in limit })
        }
    }

    private func checkMultiPackIndex(_ path: String) throws(AmxError) {
        guard let table = try Table(path) else { return }
        var chunks: [UInt32: Int] = [:]
        for row in 0..<(Int(try table.number(at: 4)) >> 8 & 0xFF) {
            guard try table.number(at: 16 + row * 12) == 0 else { throw table.damaged }
            chunks[try table.number(at: 12 + row * 12)] = Int(try table.number(at: 20 + row * 12))
        }
        guard let names = chunks[0x504E_414D], let fanout = chunks[0x4F49_4446], let offsets = chunks[0x4F4F_4646]
        else {
            throw table.damaged
        }
        let count = Int(try table.number(at: fanout + 255 * 4))
        let packs = Int(try table.number(at: 8))
        guard count <= table.size / ObjectID.byteCount, packs <= table.size else { throw table.damaged }
        let list = try table.bytes(at: names, count: table.size - names).split(separator: 0, maxSplits: packs)
        let limits = list.prefix(packs).map { name in
            lastOffset(ofPack: String(decoding: name.dropLast(4), as: UTF8.self) + ".pack") ?? 0
        }
        try table.check(from: offsets, count: count, stride: 8, position: 4, large: chunks[0x4C4F_4646]) { pack in
            Int(pack) < limits.count ? limits[Int(pack)] : 0
        }
    }

    /// The first offset that is too far: an entry has at least one byte of header, and the pack's checksum follows.
    private func lastOffset(ofPack name: String) -> UInt64? {
        var status = stat()
        guard stat("\(folder)/\(name)", &status) == 0 else { return nil }
        return UInt64(max(0, status.st_size - off_t(ObjectID.byteCount)))
    }
}

/// An index file that is read in places.
private final class Table {
    let size: Int
    private let file: OpenFile
    private let path: String

    /// Opens a file; nil when it is gone meanwhile.
    init?(_ path: String) throws(AmxError) {
        let file: OpenFile
        do throws(AmxError) {
            file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
        size = Int(try file.status().st_size)
        self.file = file
        self.path = path
    }

    var damaged: AmxError {
        AmxError(
            .verification, "\(path) is damaged: it points outside its pack",
            hint: "remove it, and for a pack's own index run `git index-pack` on the pack")
    }

    func bytes(at position: Int, count: Int) throws(AmxError) -> [UInt8] {
        guard position >= 0, count >= 0, position <= size, count <= size - position else { throw damaged }
        let bytes = try file.read(at: position, count: count)
        guard bytes.count == count else { throw damaged }
        return bytes
    }

    func number(at position: Int) throws(AmxError) -> UInt32 {
        try bytes(at: position, count: 4).withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(as: UInt32.self)) }
    }

    /// Compares offsets with the end of the pack that the number at the start of each row names.
    func check(
        from start: Int, count: Int, stride: Int, position: Int, large: Int?, below limit: (UInt32) -> UInt64
    ) throws(AmxError) {
        var farRows: [(pack: UInt32, index: Int)] = []
        let rowsAtOnce = 1 << 16
        for first in Swift.stride(from: 0, to: count, by: rowsAtOnce) {
            let rows = min(rowsAtOnce, count - first)
            let bytes = try bytes(at: start + first * stride, count: rows * stride)
            let isInside = bytes.withUnsafeBytes { bytes in
                for row in 0..<rows {
                    let pack = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: row * stride, as: UInt32.self))
                    let offset = UInt32(
                        bigEndian: bytes.loadUnaligned(fromByteOffset: row * stride + position, as: UInt32.self))
                    if large != nil, offset >> 31 == 1 {
                        farRows.append((pack, Int(offset & 0x7FFF_FFFF)))
                    } else if offset >= limit(pack) {
                        return false
                    }
                }
                return true
            }
            guard isInside else { throw damaged }
        }
        for row in farRows {
            guard let large, row.index < size / 8 else { throw damaged }
            let high = UInt64(try number(at: large + row.index * 8))
            let low = UInt64(try number(at: large + row.index * 8 + 4))
            guard high << 32 | low < limit(row.pack) else { throw damaged }
        }
    }
}
