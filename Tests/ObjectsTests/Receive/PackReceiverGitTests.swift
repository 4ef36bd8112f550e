import Foundation
import Objects
import TestSupport
import Testing

/// Packs that real git makes are taken in, and git finds nothing wrong with the result.
struct PackReceiverGitTests {
    @Test(arguments: [[], ["--delta-base-offset"]], [1, 7, 1000, 1 << 20])
    func wholeHistoryInPieces(options: [String], piece: Int) throws {
        let folder = try TemporaryDirectory()
        let source = try GitFixture.history(in: folder, commits: 12, seed: 3)
        let tip = try Tool.git(["rev-parse", "HEAD"], in: source)
        let pack = try GitFixture.pack(["--revs", "--stdout"] + options, "HEAD\n", in: source)
        let repository = try GitFixture.bare(folder.appending("target.git"))
        let receiver = try QuarantineReceiver(into: repository)
        for start in stride(from: 0, to: pack.count, by: piece) {
            try receiver.receive(Array(pack[start..<min(start + piece, pack.count)]))
        }
        #expect(receiver.isComplete)
        let incoming = try receiver.finish()
        try incoming.check(tips: [try #require(ObjectID(hex: tip))])
        #expect(try GitFixture.objectCount(of: repository) == 0)
        try receiver.publish()
        try Tool.git(["update-ref", "refs/heads/main", tip], in: repository.path)
        try GitFixture.expectSound(repository)
        #expect(
            try Tool.git(["rev-list", "--objects", "main"], in: repository.path).split(separator: "\n").count
                == incoming.count)
    }

    @Test func thinPackIsCompleted() throws {
        let folder = try TemporaryDirectory()
        let source = try GitFixture.history(in: folder, commits: 12, seed: 4)
        let repository = try GitFixture.bare(folder.appending("target.git"))
        try GitFixture.receive(GitFixture.pack(["--revs", "--stdout"], "HEAD~3\n", in: source), into: repository)
        let tip = try Tool.git(["rev-parse", "HEAD"], in: source)
        let thin = try GitFixture.pack(
            ["--revs", "--stdout", "--thin", "--delta-base-offset"], "HEAD\n^HEAD~3\n", in: source)
        let full = try GitFixture.pack(["--revs", "--stdout"], "HEAD\n^HEAD~3\n", in: source)
        #expect(thin.count < full.count)
        let incoming = try GitFixture.receive(thin, into: repository, tips: [tip])
        #expect(incoming.count == Int(full[11]))
        try Tool.git(["update-ref", "refs/heads/main", tip], in: repository.path)
        try GitFixture.expectSound(repository)
        for name in try FileManager.default.contentsOfDirectory(atPath: repository.packDirectory)
        where name.hasSuffix("idx") {
            try Tool.git(["verify-pack", "objects/pack/\(name)"], in: repository.path)
        }
    }

    @Test func thinPackWithoutItsBaseIsRefused() throws {
        let folder = try TemporaryDirectory()
        let source = try GitFixture.history(in: folder, commits: 12, seed: 4)
        let repository = try GitFixture.bare(folder.appending("target.git"))
        let thin = try GitFixture.pack(["--revs", "--stdout", "--thin"], "HEAD\n^HEAD~3\n", in: source)
        let receiver = try QuarantineReceiver(into: repository)
        try receiver.receive(thin)
        #expect(throws: AmxError.self) { _ = try receiver.finish() }
        try GitFixture.expectUntouched(repository)
    }

    @Test func samePackTwiceAndEmptyPack() throws {
        let folder = try TemporaryDirectory()
        let source = try GitFixture.history(in: folder, commits: 2, seed: 5)
        let repository = try GitFixture.bare(folder.appending("target.git"))
        let pack = try GitFixture.pack(["--revs", "--stdout"], "HEAD\n", in: source)
        try GitFixture.receive(pack, into: repository)
        try GitFixture.receive(pack, into: repository)
        #expect(try FileManager.default.contentsOfDirectory(atPath: repository.packDirectory).count == 2)
        let empty = try GitFixture.pack(["--stdout"], "", in: source)
        #expect(try GitFixture.receive(empty, into: repository).count == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: repository.packDirectory).count == 2)
        try GitFixture.expectSound(repository)
    }

    @Test func flippedAndMissingBytesAreRefused() throws {
        let folder = try TemporaryDirectory()
        let source = try GitFixture.history(in: folder, commits: 2, seed: 6)
        let repository = try GitFixture.bare(folder.appending("target.git"))
        let pack = try GitFixture.pack(["--revs", "--stdout"], "HEAD\n", in: source)
        var random = SeededGenerator(seed: 7)
        for offset in GitFixture.offsets(in: pack) {
            var damaged = pack
            damaged[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let receiver = try QuarantineReceiver(into: repository)
            #expect(throws: AmxError.self, "byte \(offset)") {
                try receiver.receive(damaged)
                _ = try receiver.finish()
            }
        }
        for length in GitFixture.offsets(in: pack) {
            let receiver = try QuarantineReceiver(into: repository)
            #expect(throws: AmxError.self, "length \(length)") {
                try receiver.receive(Array(pack[..<length]))
                _ = try receiver.finish()
            }
        }
        try GitFixture.expectUntouched(repository)
    }
}
