import Foundation
import Objects
import TestSupport
import Testing

@testable import Capsules

@Suite("Damage to a .kc file is found")
struct ContainerDamageTests {
    static let sample: Sample = {
        var sample = Sample(texts: ["a": "one", "b/c": "two two two", String(repeating: "n", count: 120): "3"])
        sample.files["run"] = Sample.File(executable: true, bytes: [])
        return sample
    }()

    /// Every bit of a small file is changed: an error, or exactly the content that was packed. Single reads never give other bytes.
    @Test(arguments: [true, false])
    func everyBit(_ hasIndex: Bool) throws {
        let packed = try Self.sample.packed()
        let file = hasIndex ? packed : try Forgery.zstd(Forgery(packed).archive())
        let digest = try readAll(file).contents.digest
        let folder = try TemporaryDirectory()
        let path = folder.appending("file.kc")
        var harmless = 0
        for position in file.indices {
            for bit in 0..<8 {
                var changed = file
                changed[position] ^= 1 << UInt8(bit)
                try Data(changed).write(to: URL(fileURLWithPath: path))
                do {
                    let reader = try ContainerReader(path)
                    for (name, content) in Self.sample.files where hasIndex {
                        if let bytes = try? reader.read(TreePath(name)) {
                            #expect(bytes == content.bytes, "bit \(bit) of byte \(position)")
                        }
                    }
                    #expect(try reader.verify().digest == digest, "bit \(bit) of byte \(position)")
                    harmless += 1
                } catch {}
            }
        }
        // Some bits mean nothing to zstd, or another way to the same bytes; most do not.
        #expect(harmless < file.count / 4, "\(harmless) of \(8 * file.count)")
    }

    /// Changes that no checksum of a frame shows: bytes of the archive or the entry table, in frames that are sound. All are refused.
    @Test func everyByteInsideSoundFrames() throws {
        let encoder = try ZstdEncoder(level: 1)
        let forgery = try Forgery(Self.sample.packed())
        let archive = try forgery.archive()
        let table = forgery.index.flatMap(\.encoded)
        let packedIndex = try forgery.packedIndex()
        var random = SeededGenerator(seed: 4)
        for position in archive.indices where archive[position] != 0 || position % 5 == 0 {
            var changed = archive
            changed[position] ^= UInt8.random(in: 1...255, using: &random)
            let frame = try encoder.frame(changed)
            var forged = forgery
            forged.frames = [
                Forgery.Frame(
                    compressed: frame, compressedSize: UInt32(frame.count), inflatedSize: UInt32(changed.count),
                    checksum: Forgery.u32(frame, frame.count - 4))
            ]
            #expect(try refusal(of: forged.encoded(index: packedIndex)) != nil, "byte \(position) of the archive")
        }
        for position in table.indices {
            var changed = table
            changed[position] ^= UInt8.random(in: 1...255, using: &random)
            let file = try forgery.encoded(index: encoder.frame(changed))
            #expect(try refusal(of: file) != nil, "byte \(position) of the entry table")
        }
    }

    /// Cut directly behind its frames, a file is a plain archive with the same content; everything else is refused.
    @Test func everyTruncation() throws {
        let file = try Self.sample.packed()
        let frames = try Forgery(file).frames.map(\.compressed.count).reduce(0, +)
        #expect(try readAll(Array(file.prefix(frames))).contents.digest == readAll(file).contents.digest)
        for length in file.indices where length != frames {
            #expect(try refusal(of: Array(file.prefix(length))) != nil, "\(length) of \(file.count) bytes")
        }
        let plain = try Forgery.zstd(Forgery(file).archive())
        for length in plain.indices {
            #expect(try refusal(of: Array(plain.prefix(length))) != nil, "\(length) of \(plain.count) bytes")
        }
    }

    /// Larger files, cut at each frame, index and table boundary and a byte beside it.
    @Test func truncationAtBoundaries() throws {
        let sample = Sample(sizes: ["a": 1_000_000, "b": 700_000, "c": 2_000_000, "d": 5])
        let file = try sample.packed()
        var boundaries: [Int] = []
        for frame in try Forgery(file).frames { boundaries.append((boundaries.last ?? 0) + frame.compressed.count) }
        boundaries += [file.count - 9, file.count - 17]
        let archiveEnd = boundaries[boundaries.count - 3]
        for boundary in boundaries {
            for length in boundary - 1...boundary + 1 where length != archiveEnd {
                #expect(try refusal(of: Array(file.prefix(length))) != nil, "\(length) of \(file.count) bytes")
            }
        }
        // Whole frames of another archive, without the last: every frame is sound, the archive is not.
        var frames = try Forgery(pieces: [Array(Forgery(file).archive().prefix(1 << 20))])
        let error = try refusal(of: frames.encoded())
        #expect(error?.message.contains("cut short") == true, "\(String(describing: error))")
        frames = try Forgery(file)
        frames.frames.removeLast()
        #expect(try refusal(of: frames.encoded()) != nil)
    }

    @Test func shorterWhileOpen() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("file.kc", Sample(sizes: ["a": 900_000, "b": 900_000]).packed())
        let reader = try ContainerReader(path)
        #expect(truncate(path, 1_000_000) == 0)
        #expect(throws: AmxError.self) { try reader.verify() }
        #expect(throws: AmxError.self) { try reader.read(TreePath("b")) }
    }

    @Test(arguments: ["", "x", "not a capsule, but a text of some length", "\u{28}\u{B5}/"])
    func otherFiles(_ text: String) throws {
        let error = try refusal(of: Array(text.utf8))
        #expect(error?.code == .failure)
    }

    @Test func namesTheFileThatIsNotThere() throws {
        let error = #expect(throws: AmxError.self) { try ContainerReader("/nonexistent/file.kc") }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("/nonexistent/file.kc") == true)
        #expect(throws: AmxError.self) { try ContainerReader("/dev/zero") }
        #expect(throws: AmxError.self) { try ContainerReader("/tmp") }
    }
}
