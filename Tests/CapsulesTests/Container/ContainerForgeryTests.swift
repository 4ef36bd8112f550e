import Capsules
import Objects
import TestSupport
import Testing

@Suite("A .kc file that lies is refused")
struct ContainerForgeryTests {
    static let sample = Sample(sizes: ["a": 700_000, "b": 700_000, "c": 10, "d/e": 2_000_000, "f": 0])

    /// A change to a file, the code it gets and a part of the message.
    struct Lie: CustomTestStringConvertible {
        let testDescription: String
        let code: AmxError.Code
        let message: String
        let tell: @Sendable (inout Forgery) throws -> Void

        init(
            _ name: String, _ code: AmxError.Code, _ message: String,
            _ tell: @escaping @Sendable (inout Forgery) throws -> Void
        ) {
            (testDescription, self.code, self.message, self.tell) = (name, code, message, tell)
        }
    }

    static let skippable: [UInt8] = le(UInt32(0x184D_2A50)) + le(UInt32(3)) + [1, 2, 3]

    static let lies: [Lie] = [
        // The seek table.
        Lie("table counts more frames", .verification, "does not start where") { $0.frameCount = 5_000 },
        Lie("table counts more frames than fit", .verification, "larger than the file") { $0.frameCount = 1_000_000 },
        Lie("table counts all frames there are", .verification, "the limit is") { $0.frameCount = .max },
        Lie("table counts one frame less", .verification, "does not start where") {
            $0.frameCount = UInt32($0.frames.count)
        },
        Lie("table's own size", .verification, "does not start where") { $0.tableSize = 12 },
        Lie("table's frame magic", .verification, "does not start where") { $0.tableMagic = 0x184D_2A5F },
        Lie("table's reserved bits", .verification, "descriptor") { $0.descriptor = 0x84 },
        Lie("table without checksums", .verification, "no checksum") { $0.descriptor = 0 },
        Lie("frame beyond the file", .verification, "does not fit") { $0.frames[0].compressedSize = .max },
        Lie("frame of no bytes", .verification, "does not fit") { $0.frames[0].compressedSize = 0 },
        Lie("frame shorter than it is", .verification, "does not cover") { $0.frames[0].compressedSize -= 1 },
        Lie("boundary one byte off", .verification, "frame 0") {
            $0.frames[0].compressedSize -= 1
            $0.frames[1].compressedSize += 1
        },
        Lie("frame inflates to more", .verification, "frame 0 does not have the size") {
            $0.frames[0].inflatedSize += 1
        },
        Lie("frame inflates to nothing", .verification, "1 byte to 1 MiB") { $0.frames[0].inflatedSize = 0 },
        Lie("frame inflates to over 1 MiB", .verification, "1 byte to 1 MiB") {
            $0.frames[0].inflatedSize = 1 << 20 + 1
        },
        Lie("frame inflates to 4 GiB", .failure, "the limit") { $0.frames[0].inflatedSize = .max },
        Lie("frame's checksum in the table", .verification, "checksum of frame 1") { $0.frames[1].checksum ^= 1 },
        Lie("frame's checksum in both places", .verification, "frame 1 is damaged") {
            $0.frames[1].checksum ^= 1
            $0.frames[1].compressed[$0.frames[1].compressed.count - 4] ^= 1
        },
        Lie("index's checksum in the table", .verification, "checksum of the index") { $0.indexChecksum = 0 },
        Lie("index inflates", .verification, "frame") { $0.indexEntryInflated = 5 },
        // Bytes that no table lists, and frames that hide.
        Lie("bytes before the index", .verification, "does not cover") { $0.beforeIndex = skippable },
        Lie("bytes after the index", .verification, "does not cover") { $0.afterIndex = skippable },
        Lie("skippable frame behind the table", .verification, "skippable frame") { $0.tail = skippable },
        Lie("bytes behind the table", .verification, "skippable frame") { $0.tail = [0] },
        Lie("skippable frame in a frame's place", .verification, "frame 0 is not the only one") {
            $0.frames[0].compressed += skippable + $0.frames[0].compressed.suffix(4)
            $0.frames[0].compressedSize += 15
        },
        Lie("skippable frame with the checksum at its end", .verification, "frame 0 is not the only one") {
            let end = Array($0.frames[0].compressed.suffix(4))
            $0.frames[0].compressed += le(UInt32(0x184D_2A50)) + le(UInt32(4)) + end
            $0.frames[0].compressedSize += 12
        },
        Lie("skippable frame as a frame", .verification, "1 byte to 1 MiB") {
            $0.frames.insert(
                Forgery.Frame(compressed: skippable, compressedSize: 11, inflatedSize: 0, checksum: 0x51D8_E999), at: 0)
        },
        Lie("skippable frame that claims content", .verification, "is not a zstd frame") {
            $0.frames.append(
                Forgery.Frame(
                    compressed: skippable, compressedSize: 11, inflatedSize: 1, checksum: Forgery.u32(skippable, 7)))
        },
        Lie("empty zstd frame behind the archive", .verification, "1 byte to 1 MiB") {
            try $0.frames.append(Forgery.frame([]))
        },
        Lie("zeros behind the archive", .verification, "data after the end") {
            try $0.frames.append(Forgery.frame([UInt8](repeating: 0, count: 512)))
        },
        Lie("second archive", .verification, "data after the end") { $0.frames += $0.frames },
        Lie("frame without checksum", .verification, "has no checksum") {
            let content = Array(try $0.archive().suffix(1_024))
            $0.frames[$0.frames.count - 1] = try Forgery.frame(content, ["--no-check"])
        },
        Lie("frame is cut", .verification, "does not fit") { $0.frames[1].compressed.removeLast(10) },
        // The index frame.
        Lie("index is another skippable frame", .verification, "where the index should be") {
            $0.indexMagic = 0x184D_2A5C
        },
        Lie("index of a later version", .failure, "version 2") { $0.indexVersion = 2 },
        Lie("index counts more", .verification, "does not fit") { $0.indexCount = UInt32($0.index.count) + 1 },
        Lie("index counts less", .verification, "do not fill") { $0.indexCount = UInt32($0.index.count) - 1 },
        Lie("index counts millions", .failure, "'entries'") { $0.indexCount = .max },
        Lie("index is empty", .verification, "do not fill") { $0.index = [] },
        Lie("index's table is larger", .verification, "index's frame") { $0.indexTableSize = 400 },
        Lie("index's table is huge", .verification, "does not fit") { $0.indexTableSize = .max },
        Lie("index with bytes behind its frame", .verification, "not the only one") { $0.indexTail = [0] },
        Lie("index with a second frame", .verification, "not the only one") { $0.indexTail = try Forgery.zstd([1]) },
        Lie("index's mode", .verification, "malformed") { $0.index[1].mode = 0o777 },
        Lie("index's empty path", .verification, "malformed") { $0.index[1].path = [] },
        Lie("index's frame", .verification, "outside") { $0.index[1].frame = UInt32($0.frames.count) },
        Lie("index's offset", .verification, "outside") { $0.index[1].offset = 1 << 20 },
        Lie("index's huge size", .verification, "malformed") { $0.index[1].size = .max },
        Lie("index's size beyond the archive", .verification, "outside") { $0.index[1].size = 6_000_000 },
        Lie("index in another order", .verification, "order") { $0.index.swapAt(1, 2) },
        Lie("index with a path twice", .verification, "order") { $0.index[2].path = $0.index[1].path },
        Lie("index without manifest", .verification, "order") { $0.index.removeFirst() },
        // An index that is sound in itself, but not the archive's.
        Lie("index's entry has another mode", .verification, "entry 1 is not that of 'a'") { $0.index[1].mode = 0o755 },
        Lie("index's entry has another size", .verification, "entry 1 is not that of 'a'") { $0.index[1].size -= 1 },
        Lie("index's entry has another place", .verification, "entry 1 is not that of 'a'") { $0.index[1].offset += 1 },
        Lie("index's entry has another frame", .verification, "entry 1 is not that of 'a'") {
            $0.index[1].frame += 1
            $0.index[1].offset = 0
        },
        Lie("index's entry has another checksum", .verification, "entry 1 is not that of 'a'") {
            $0.index[1].sha256[0] ^= 1
        },
        Lie("index's entry has another path", .verification, "entry 1 is not that of 'a'") {
            $0.index[1].path = Array("aa".utf8)
        },
        Lie("index lacks an entry", .verification, "entry 3 is not that of 'c'") { $0.index.remove(at: 3) },
        Lie("index lacks the last entry", .verification, "entry 5 is not that of 'f'") { $0.index.removeLast() },
        Lie("index has one more entry", .verification, "the index lists 7 files, but the archive has 6") {
            var entry = $0.index[5]
            entry.path = Array("g".utf8)
            $0.index.append(entry)
        },
        Lie("index shows one file in another's place", .verification, "entry 1 is not that of 'a'") {
            $0.index[1].sha256 = $0.index[2].sha256
            $0.index[1].frame = $0.index[2].frame
            $0.index[1].offset = $0.index[2].offset
        },
    ]

    @Test(arguments: lies)
    func isRefused(_ lie: Lie) throws {
        var forgery = try Forgery(Self.sample.packed())
        try lie.tell(&forgery)
        let error = try refusal(of: forgery.encoded())
        #expect(error?.code == lie.code, "\(String(describing: error))")
        #expect(error?.message.contains(lie.message) == true, "\(String(describing: error))")
        #expect(error?.message.contains("file.kc") == true)
        #expect(error?.hint?.isEmpty == false)
    }

    /// The forgery itself is sound: without a lie the file is accepted.
    @Test func truthIsAccepted() throws {
        let packed = try Self.sample.packed()
        let forgery = try Forgery(packed)
        #expect(try readAll(forgery.encoded()).contents.digest == readAll(packed).contents.digest)
        // Another cut of the same archive, with the places that follow from it, is as good.
        let archive = try forgery.archive()
        var cut = forgery
        let pieces = stride(from: 0, to: archive.count, by: 100_000).map {
            Array(archive[$0..<min($0 + 100_000, archive.count)])
        }
        try cut.setArchive(pieces)
        var starts: [Int] = []
        for frame in forgery.frames { starts.append((starts.last ?? 0) + Int(frame.inflatedSize)) }
        for number in cut.index.indices {
            let entry = forgery.index[number]
            let place = (entry.frame == 0 ? 0 : starts[Int(entry.frame) - 1]) + Int(entry.offset)
            (cut.index[number].frame, cut.index[number].offset) = (UInt32(place / 100_000), UInt32(place % 100_000))
        }
        #expect(try readAll(cut.encoded()).files == Self.sample.files.mapValues(\.bytes))
    }

    /// With an index the archive must be as Amx writes it, though tar would read it: a header's owner, time or mode, a folder, the
    /// order, padding.
    @Test(arguments: [(108, "1"), (136, "7"), (265, "r"), (101, "1"), (345, "p"), (156, "\0"), (257, "\0"), (511, "x")])
    func headersHaveOneForm(_ offset: Int, _ text: String) throws {
        var forgery = try Forgery(Sample(texts: ["a": "one"]).packed())
        var archive = try forgery.archive()
        archive[1_024 + offset] = Array(text.utf8)[0]
        Tar.seal(&archive, at: 1_024)
        try forgery.setArchive([archive])
        #expect(try refusal(of: forgery.encoded()) != nil)
        // Without the index most of these are fine: that form is other tools'.
    }

    @Test func paddingIsZero() throws {
        var forgery = try Forgery(Sample(texts: ["a": "one"]).packed())
        var archive = try forgery.archive()
        archive[1_024 + 512 + 3] = 1
        try forgery.setArchive([archive])
        #expect(try refusal(of: forgery.encoded())?.message.contains("padding") == true)
        #expect(try refusal(of: Forgery.zstd(archive))?.message.contains("padding") == true)
    }

    /// A single read trusts nothing: a place with other content is found by the checksum.
    @Test func singleReadsCompareTheChecksum() throws {
        var forgery = try Forgery(Self.sample.packed())
        (forgery.index[3].frame, forgery.index[3].offset) = (forgery.index[2].frame, forgery.index[2].offset)
        let folder = try TemporaryDirectory()
        let reader = try ContainerReader(folder.write("file.kc", forgery.encoded()))
        let error = #expect(throws: AmxError.self) { try reader.read(TreePath("c")) }
        #expect(error?.code == .verification)
        #expect(error?.message.contains("'c'") == true)
        #expect(throws: AmxError.self) { try reader.extract(to: folder.appending("out")) }
        #expect(try Directory.names(in: folder.path) == [Array("file.kc".utf8)])
    }
}
