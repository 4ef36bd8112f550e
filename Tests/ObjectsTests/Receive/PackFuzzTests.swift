import Foundation
import TestSupport
import Testing

@testable import Objects

/// Damaged packs whose checksum is right: nothing crashes, and what we take git takes too.
struct PackFuzzTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Receives into an empty repository; a pack that is taken must pass git's strictest checks.
    private func feed(_ pack: [UInt8], into repository: inout Repository) throws -> Bool {
        do throws(AmxError) {
            let receiver = try QuarantineReceiver(into: repository)
            try receiver.receive(pack)
            try receiver.finish().check(tips: [])
            try receiver.publish()
        } catch {
            return false
        }
        try GitFixture.expectSound(repository)
        let peer = folder.appending("peer.git")
        try Tool.git(["init", "-q", "--bare", peer], in: folder.path)
        try Tool.git(["index-pack", "--strict", "--stdin"], in: peer, input: pack)
        for path in [repository.path, peer] { try FileManager.default.removeItem(atPath: path) }
        repository = try GitFixture.bare(repository.path)
        return true
    }

    private static func damage(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[at] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
            case 2: bytes.remove(at: at)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
            }
        }
        return bytes
    }

    @Test func damagedBytes() throws {
        let source = try GitFixture.history(in: folder, commits: 3, seed: 8, binarySize: 1500)
        var repository = try GitFixture.bare(folder.appending("r.git"))
        var random = SeededGenerator(seed: 21)
        for options in [[], ["--delta-base-offset"]] {
            let sound = try GitFixture.pack(["--revs", "--stdout"] + options, "HEAD\n", in: source)
            var taken = 0
            for _ in 0..<400 {
                var pack = Self.damage(Array(sound.dropLast(ObjectID.byteCount)), &random)
                let checksum = PackChecksum()
                pack.withUnsafeBytes { checksum.update($0) }
                pack += checksum.finish().bytes
                if try feed(pack, into: &repository) { taken += 1 }
            }
            #expect(taken < 40)
        }
    }

    @Test func damagedDeltasAndObjects() throws {
        var repository = try GitFixture.bare(folder.appending("r.git"))
        var random = SeededGenerator(seed: 22)
        let text = (0..<200).flatMap { Array("line \($0) of a text\n".utf8) }
        var taken = 0
        for round in 0..<300 {
            var bytes = PackBytes()
            let start = bytes.position
            let base = try bytes.add(.blob, text)
            var delta = PackBytes.number(text.count) + PackBytes.number(text.count + 6)
            delta += [0x90, 100, 6] + Array("hello\n".utf8) + [0xB1, 100, UInt8((text.count - 100) & 0xFF)]
            delta += [UInt8((text.count - 100) >> 8)]
            let isSound = round % 20 == 0
            if !isSound { delta = Self.damage(delta, &random) }
            if round % 2 == 0 {
                try bytes.add(delta: delta, against: base)
            } else {
                try bytes.add(delta: delta, distance: bytes.position - start)
            }
            let wasTaken = try feed(bytes.pack(), into: &repository)
            #expect(wasTaken || !isSound)
            if wasTaken { taken += 1 }
        }
        #expect(taken >= 15 && taken < 200)
    }
}
