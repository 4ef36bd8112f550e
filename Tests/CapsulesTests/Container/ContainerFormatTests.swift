import Capsules
import Objects
import TestSupport
import Testing

/// The bytes of `docs/format-kc.md`, written out.
@Suite("A .kc file has the bytes of its specification")
struct ContainerFormatTests {
    private let long = String(repeating: "n", count: 101)

    @Test func archive() throws {
        var sample = Sample(["manifest.json": Sample.File(bytes: Array("{}".utf8))])
        sample.files["a"] = Sample.File(executable: true, bytes: [UInt8](repeating: 7, count: 513))
        sample.files["folder/\(String(repeating: "m", count: 100))"] = Sample.File(bytes: [])
        sample.files[long] = Sample.File(bytes: [1])
        var executable = Tar.Header("a", size: 513)
        executable.mode = "0000755\0"
        var split = Tar.Header(String(repeating: "m", count: 100))
        split.prefix = Array("folder".utf8)
        var expected = Tar.Header("manifest.json", size: 2).bytes + Tar.padded(Array("{}".utf8))
        expected += executable.bytes + Tar.padded([UInt8](repeating: 7, count: 513))
        expected += split.bytes
        expected += Tar.extended("x", Array("111 path=\(long)\n".utf8), name: "PaxHeader")
        expected += Tar.Header(String(long.suffix(100)), size: 1).bytes + Tar.padded([1])
        for index in stride(from: 0, to: expected.count, by: 512)
        where expected[index + 257..<index + 262].elementsEqual("ustar".utf8) {
            // The device numbers, which other tools leave out.
            expected.replaceSubrange(index + 329..<index + 345, with: Array("0000000\00000000\0".utf8))
            Tar.seal(&expected, at: index)
        }
        expected += Tar.end
        let forgery = try Forgery(sample.packed())
        #expect(try forgery.archive() == expected)
        #expect(forgery.frames.count == 1)
        let offsets = forgery.index.map { Int($0.offset) }
        #expect(offsets == [512, 1_536, 0, 4_608])
        #expect(
            forgery.index.map { String(decoding: $0.path, as: UTF8.self) }
                == ["manifest.json", "a", "folder/\(String(repeating: "m", count: 100))", long])
        #expect(forgery.index.map(\.mode) == [0o644, 0o755, 0o644, 0o644])
        #expect(forgery.index.map(\.size) == [2, 513, 0, 1])
        #expect(forgery.index[1].sha256 == SHA256Hasher.hash(of: [UInt8](repeating: 7, count: 513)).bytes)
    }

    /// What stands behind the frames, byte by byte.
    @Test func indexAndSeekTable() throws {
        let file = try Sample(["manifest.json": Sample.File(bytes: Array("{}".utf8))]).packed()
        let forgery = try Forgery(file)
        let frame = forgery.frames[0].compressed
        let content = Array(file[(frame.count + 24)..<(file.count - 41)])
        let entry =
            le(UInt16(13)) + le(UInt16(0o644)) + le(UInt32(0)) + le(UInt32(512)) + le(UInt64(2))
            + Array("manifest.json".utf8)
            + SHA256Hasher.hash(of: Array("{}".utf8)).bytes
        #expect(try Tool.run("zstd", ["-dcq"], input: content).output == entry)
        var index = le(UInt32(0x184D_2A5D)) + le(UInt32(16 + content.count)) + Array("AMXI".utf8)
        index += le(UInt32(1)) + le(UInt32(1)) + le(UInt32(entry.count)) + content
        var table = le(UInt32(0x184D_2A5E)) + le(UInt32(33))
        table += le(UInt32(frame.count)) + le(UInt32(2_048)) + Array(frame.suffix(4))
        table += le(UInt32(index.count)) + le(UInt32(0)) + [0x99, 0xE9, 0xD8, 0x51]
        table += le(UInt32(2)) + [0x80, 0xB1, 0xEA, 0x92, 0x8F]
        #expect(file == frame + index + table)
        #expect(try Tool.run("zstd", ["-qc", "--check"], input: []).output.suffix(4) == [0x99, 0xE9, 0xD8, 0x51])
    }

    /// How archives are cut: sizes of the files behind the manifest's 1,024 bytes, and of the frames.
    @Test(arguments: [
        ([:], [2_048]), (["a": 1_000], [3_584]),
        // A file that fits the frame, one that would cross its end, and one that fills it.
        (["a": 1_045_504, "b": 1_024], [1_048_576, 1_024]), (["a": 1_045_504, "b": 1_025], [1_047_040, 3_072]),
        (["a": 1_046_528, "b": 0], [1_048_576, 1_024]),
        (["a": 1_047_040, "b": 0], [1_048_576, 1_536]), (["a": 1_047_041], [1_024, 1_048_064, 1_024]),
        // A file of more than one frame starts where it falls, and the next one starts a frame.
        (["a": 1_048_065, "b": 1], [1_048_576, 1_536, 2_048]),
        (["a": 3_000_000, "b": 1], [1_048_576, 1_048_576, 904_704, 2_048]),
        (["a": 2_095_616, "b": 1], [1_048_576, 1_048_576, 2_048]),
    ])
    func cuts(_ sizes: [String: Int], _ frames: [Int]) throws {
        var sample = Sample(["manifest.json": Sample.File(bytes: Array("{}".utf8))])
        sample.files.merge(Sample(sizes: sizes).files.filter { $0.key != "manifest.json" }) { $1 }
        let forgery = try Forgery(sample.packed())
        #expect(forgery.frames.map { Int($0.inflatedSize) } == frames)
    }
}
