import Capsules
import Foundation
import Objects
import TestSupport
import Testing

/// Files that are small and claim, or hold, much more than they may; each is refused early.
///
/// Times are this thread's processor time, which other tests don't change.
@Suite("Bombs are refused early", .serialized)
struct ContainerBombTests {
    static let mebibyte = 1 << 20

    /// The error and the processor time that it took.
    private func defuse(_ bytes: [UInt8], limits: Limits = .standard) throws -> (error: AmxError?, time: Duration) {
        let path = try TemporaryDirectory()
        let file = try path.write("file.kc", bytes)
        var error: AmxError?
        let start = ProcessorTime.now
        do throws(AmxError) {
            let reader = try ContainerReader(file, limits: limits)
            try reader.extract(to: path.appending("out"))
        } catch let caught {
            error = caught
        }
        let time = ProcessorTime.now - start
        #expect(try Directory.names(in: path.path) == [Array("file.kc".utf8)], "something was left on the disk")
        return (error, time)
    }

    @Test func zerosInManyFrames() throws {
        let frame = try Forgery.frame([UInt8](repeating: 0, count: Self.mebibyte))
        var bomb = try Forgery(Sample().packed())
        bomb.frames = [Forgery.Frame](repeating: frame, count: 1_000)
        for hasIndex in [true, false] {
            bomb.hasIndex = hasIndex
            let (error, time) = try defuse(bomb.encoded())
            #expect(error?.message.contains("'compressionRatio'") == true, "\(String(describing: error))")
            #expect(error?.code == .failure)
            #expect(time < .seconds(4))
        }
        // Without a table it is the archive that is wrong, and with one file of zeros the ratio again.
        #expect(try defuse(bomb.frames.flatMap(\.compressed)).error?.code == .failure)
    }

    /// One frame with a gigabyte of zeros, as a file's content and as zeros behind the end.
    @Test(arguments: [true, false])
    func oneFrameOfZeros(_ inside: Bool) throws {
        let head = inside ? Tar.manifest + Tar.Header("zeros", size: 90 << 20).bytes : Tar.manifest + Tar.end
        let folder = try TemporaryDirectory()
        let path = folder.appending("head")
        try Data(head).write(to: URL(fileURLWithPath: path))
        let made = try Tool.run("sh", ["-c", "(cat \"$1\"; head -c 1073741824 /dev/zero) | zstd -qc", "sh", path])
        let (error, time) = try defuse(made.output)
        #expect(error?.message.contains("'compressionRatio'") == true, "\(String(describing: error))")
        #expect(time < .seconds(8))
    }

    @Test func frameThatLiesAboutItsSize() throws {
        let large = try Forgery.frame([UInt8](repeating: 0, count: 64 << 20))
        var bomb = try Forgery(Sample().packed())
        bomb.frames = [large]
        bomb.frames[0].inflatedSize = UInt32(Self.mebibyte)
        #expect(try defuse(bomb.encoded()).error?.message.contains("does not have the size") == true)
        bomb.hasIndex = false
        #expect(try defuse(bomb.encoded()).error != nil)
    }

    @Test func headersThatClaimTooMuch() throws {
        // A single segment of 2^60 bytes, and a window of 2 GiB, each with an empty last block.
        let claims: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xE0] + le(UInt64(1) << 60) + [1, 0, 0]
        let window: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 1, 0, 0]
        for frame in [claims, window] {
            #expect(try defuse(frame).error?.message.contains("window") == true)
            var bomb = try Forgery(Sample().packed())
            bomb.frames = [
                Forgery.Frame(
                    compressed: frame, compressedSize: UInt32(frame.count), inflatedSize: UInt32(Self.mebibyte),
                    checksum: Forgery.u32(frame, frame.count - 4))
            ]
            #expect(try defuse(bomb.encoded()).error?.code == .verification)
        }
    }

    /// Windows of 2^27 bytes are read, larger ones are not.
    @Test(arguments: [(27, true), (28, false)])
    func windows(_ log: Int, _ isRead: Bool) throws {
        let folder = try TemporaryDirectory()
        var random = SeededGenerator(seed: 3)
        let archive =
            Tar.manifest + Tar.Header("a", size: 1 << 20).bytes + random.bytes(1 << 20) + Tar.end
        let path = try folder.write("a.tar", archive)
        // Without the content size, or zstd would make the window smaller.
        let made = try Tool.run("sh", ["-c", "cat \"$1\" | zstd -qc --ultra --long=\(log)", "sh", path])
        let error = try refusal(of: made.output)
        #expect((error == nil) == isRead, "\(String(describing: error))")
        if !isRead { #expect(error?.message.contains("'zstdWindowLog'") == true) }
    }

    @Test func entryTableThatExpands() throws {
        var bomb = try Forgery(Sample().packed())
        bomb.index = (0..<40_000).map { number in
            let digits = String(number)
            let path = "p" + String(repeating: "0", count: 1_000 - digits.count) + digits
            return Forgery.IndexEntry(
                path: Array(path.utf8), mode: 0o644, frame: 0, offset: 0, size: 0,
                sha256: [UInt8](repeating: 0, count: 32))
        }
        let (error, time) = try defuse(bomb.encoded())
        #expect(error?.message.contains("'compressionRatio'") == true, "\(String(describing: error))")
        #expect(time < .seconds(4))
    }

    @Test func manyEntries() throws {
        var limits = Limits()
        limits.entries = 100
        let files = (0..<101).flatMap { Tar.file("f\($0)") }
        #expect(
            try defuse(Forgery.zstd(Tar.manifest + files + Tar.end), limits: limits).error?.message.contains(
                "'entries'") == true)
        let folders = (0..<101).flatMap { Tar.Header("f\($0)", type: "5").bytes }
        #expect(
            try defuse(Forgery.zstd(Tar.manifest + folders + Tar.end), limits: limits).error?.message.contains(
                "'entries'") == true)
        let packed = try Sample(sizes: Dictionary(uniqueKeysWithValues: (0..<100).map { ("f\($0)", 1) })).packed()
        #expect(try defuse(packed, limits: limits).error?.message.contains("'entries'") == true)
    }

    @Test func largeFiles() throws {
        var limits = Limits()
        limits.objectBytes = 1_000
        limits.expandedBytes = 1_500
        for (sizes, name) in [(["a": 1_001], "objectBytes"), (["a": 800, "b": 800], "expandedBytes")] {
            let packed = try Sample(sizes: sizes).packed()
            #expect(try defuse(packed, limits: limits).error?.message.contains("'\(name)'") == true)
            let plain = try Forgery.zstd(Forgery(packed).archive())
            #expect(try defuse(plain, limits: limits).error?.message.contains("'\(name)'") == true)
        }
        limits = Limits()
        limits.manifestBytes = 10
        let folder = try TemporaryDirectory()
        let reader = try ContainerReader(folder.write("file.kc", Sample().packed()), limits: limits)
        let error = #expect(throws: AmxError.self) { try reader.manifestBytes() }
        #expect(error?.message.contains("'manifestBytes'") == true)
    }
}
