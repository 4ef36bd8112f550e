import Capsules
import Foundation
import Objects
import TestSupport

/// A `.kc` file taken apart by the specification alone, to be changed and put together again.
///
/// It shares no code with the product: structures are read and written here by hand, and `zstd` compresses.
struct Forgery {
    struct Frame {
        var compressed: [UInt8]
        /// What the seek table says of it.
        var compressedSize: UInt32
        var inflatedSize: UInt32
        var checksum: UInt32
    }

    struct IndexEntry {
        var path: [UInt8]
        var mode: UInt16
        var frame: UInt32
        var offset: UInt32
        var size: UInt64
        var sha256: [UInt8]

        var encoded: [UInt8] {
            le(UInt16(path.count)) + le(mode) + le(frame) + le(offset) + le(size) + path + sha256
        }
    }

    var frames: [Frame]
    var index: [IndexEntry]
    var indexMagic: UInt32 = 0x184D_2A5D
    var indexVersion: UInt32 = 1
    var indexCount: UInt32?
    var indexTableSize: UInt32?
    /// Bytes behind the index's zstd frame, inside its skippable frame.
    var indexTail: [UInt8] = []
    var hasIndex = true
    /// What the seek table says of the index frame.
    var indexEntryInflated: UInt32 = 0
    var indexChecksum: UInt32 = 0x51D8_E999
    /// Bytes between the frames and the index, and behind the index, that no table lists.
    var beforeIndex: [UInt8] = []
    var afterIndex: [UInt8] = []
    var descriptor: UInt8 = 0x80
    var frameCount: UInt32?
    var tableSize: UInt32?
    var tableMagic: UInt32 = 0x184D_2A5E
    /// Bytes behind the seek table.
    var tail: [UInt8] = []

    /// Takes a `.kc` file apart.
    init(_ file: [UInt8]) throws {
        let count = Int(Self.u32(file, file.count - 9))
        let start = file.count - 17 - 12 * count
        var offset = 0
        frames = []
        index = []
        for number in 0..<count {
            let at = start + 8 + 12 * number
            let size = Int(Self.u32(file, at))
            let bytes = Array(file[offset..<offset + size])
            if number < count - 1 {
                frames.append(
                    Frame(
                        compressed: bytes, compressedSize: Self.u32(file, at), inflatedSize: Self.u32(file, at + 4),
                        checksum: Self.u32(file, at + 8)))
            } else {
                let table = try Tool.run("zstd", ["-dcq"], input: Array(bytes[24...])).output
                var at = 0
                while at < table.count {
                    let length = Int(table[at]) | Int(table[at + 1]) << 8
                    let path = at + 20
                    index.append(
                        IndexEntry(
                            path: Array(table[path..<path + length]),
                            mode: UInt16(table[at + 2]) | UInt16(table[at + 3]) << 8,
                            frame: Self.u32(table, at + 4), offset: Self.u32(table, at + 8),
                            size: UInt64(Self.u32(table, at + 12)) | UInt64(Self.u32(table, at + 16)) << 32,
                            sha256: Array(table[path + length..<path + length + 32])))
                    at = path + length + 32
                }
            }
            offset += size
        }
    }

    /// Frames around other archives: each piece becomes one, all without index.
    init(pieces: [[UInt8]]) throws {
        index = []
        hasIndex = false
        frames = try pieces.map { try Self.frame($0) }
    }

    /// The entry table's zstd frame.
    func packedIndex() throws -> [UInt8] { try Self.zstd(index.flatMap(\.encoded)) }

    /// The bytes of the file.
    func encoded() throws -> [UInt8] { try encoded(index: hasIndex ? packedIndex() : []) }

    /// The bytes of the file with any bytes as the entry table's frame.
    func encoded(index packedIndex: [UInt8]) -> [UInt8] {
        var file = frames.flatMap(\.compressed) + beforeIndex
        var entries = frames.map { ($0.compressedSize, $0.inflatedSize, $0.checksum) }
        if hasIndex {
            let table = index.flatMap(\.encoded)
            let packed = packedIndex + indexTail
            var body = Array("AMXI".utf8) + le(indexVersion) + le(indexCount ?? UInt32(index.count))
            body += le(indexTableSize ?? UInt32(table.count)) + packed
            file += le(indexMagic) + le(UInt32(body.count)) + body
            entries.append((UInt32(body.count + 8), indexEntryInflated, indexChecksum))
        }
        file += afterIndex
        var table: [UInt8] = []
        for entry in entries {
            table += le(entry.0) + le(entry.1) + (descriptor & 0x80 != 0 ? le(entry.2) : [])
        }
        table += le(frameCount ?? UInt32(entries.count)) + [descriptor] + le(UInt32(0x8F92_EAB1))
        return file + le(tableMagic) + le(tableSize ?? UInt32(table.count)) + table + tail
    }

    /// The archive that the frames hold.
    func archive() throws -> [UInt8] { try Tool.run("zstd", ["-dcq"], input: frames.flatMap(\.compressed)).output }

    /// The same index around another archive, cut where the pieces say.
    mutating func setArchive(_ pieces: [[UInt8]]) throws { frames = try pieces.map { try Self.frame($0) } }

    static func frame(_ content: [UInt8], _ options: [String] = []) throws -> Frame {
        let compressed = try zstd(content, options)
        return Frame(
            compressed: compressed, compressedSize: UInt32(compressed.count), inflatedSize: UInt32(content.count),
            checksum: u32(compressed, compressed.count - 4))
    }

    /// One zstd frame with content size and checksum, as the command-line tool makes it.
    static func zstd(_ content: [UInt8], _ options: [String] = []) throws -> [UInt8] {
        try Tool.run("zstd", ["-qc", "--stream-size=\(content.count)"] + options, input: content).output
    }

    static func u32(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
    }
}

/// The little-endian bytes of a number.
func le(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

/// Opens bytes as a `.kc` file, verifies them and reads every file that they list; an error must be an `AmxError`.
func readAll(_ bytes: [UInt8], limits: Limits = .standard) throws -> (
    contents: ContainerContents, files: [String: [UInt8]]
) {
    let folder = try TemporaryDirectory()
    let reader = try ContainerReader(folder.write("file.kc", bytes), limits: limits)
    let contents = try reader.verify()
    var files: [String: [UInt8]] = [:]
    for entry in contents.files { files[entry.path.string] = try reader.read(entry.path) }
    return (contents, files)
}

/// The error that reading bytes as a `.kc` file gives; nil when there is none.
func refusal(of bytes: [UInt8], limits: Limits = .standard) throws -> AmxError? {
    do {
        _ = try readAll(bytes, limits: limits)
        return nil
    } catch let error as AmxError {
        return error
    }
}
