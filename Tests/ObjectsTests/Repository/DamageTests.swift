import Foundation
import TestSupport
import Testing

@testable import Objects

/// Damaged packs and indexes: errors, never a trap, and never other bytes for a damaged entry.
struct DamageTests {
    private struct Fixture {
        let folder: TemporaryDirectory
        let path: String
        let objects: [(id: ObjectID, kind: ObjectKind, bytes: [UInt8])]
        let pack: String
        let index: String
    }

    private func fixture() throws -> Fixture {
        let history = try History(seed: 51, count: 25, clock: .sane)
        let last = try #require(history.commits.last)
        try Tool.git(["update-ref", "refs/heads/main", last.hex], in: history.path)
        try Tool.git(["repack", "-a", "-d", "-q", "--depth=10"], in: history.path)
        let repository = try Repository(opening: history.path)
        var objects: [(ObjectID, ObjectKind, [UInt8])] = []
        for object in try ObjectWalk(repository).objects(wants: history.commits, haves: []) {
            try repository.withObject(object.id) { kind, bytes in objects.append((object.id, kind, Array(bytes))) }
        }
        let folder = history.path + "/objects/pack"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let pack = try #require(names.first { $0.hasSuffix(".pack") })
        let index = try #require(names.first { $0.hasSuffix(".idx") })
        return Fixture(
            folder: history.folder, path: history.path, objects: objects, pack: "\(folder)/\(pack)",
            index: "\(folder)/\(index)")
    }

    /// Reads everything; returns how many reads failed and how many gave other bytes than before.
    private func readAll(_ fixture: Fixture) throws -> (failed: Int, wrong: Int) {
        var (failed, wrong) = (0, 0)
        let repository: Repository
        do {
            repository = try Repository(opening: fixture.path)
        } catch {
            return (fixture.objects.count, 0)
        }
        for object in fixture.objects {
            do {
                let bytes = try repository.read(object.id, as: object.kind)
                if bytes != object.bytes { wrong += 1 }
                switch object.kind {
                case .commit:
                    _ = try repository.commit(object.id)
                    _ = try repository.place(ofCommit: object.id)
                case .tree: _ = try repository.entries(ofTree: object.id)
                case .tag: _ = try repository.tag(object.id)
                case .blob: break
                }
                _ = try repository.header(object.id)
            } catch {
                failed += 1
                let code = error.code
                #expect(code == .verification || code == .notFound, "\(error)")
            }
        }
        return (failed, wrong)
    }

    @Test func aMultiPackIndexIsCheckedToo() throws {
        let fixture = try fixture()
        try Tool.git(["multi-pack-index", "write"], in: fixture.path)
        #expect(try readAll(fixture) == (0, 0))
        let path = (fixture.index as NSString).deletingLastPathComponent + "/multi-pack-index"
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        var random = SeededGenerator(seed: 55)
        var failures = 0
        for _ in 0..<250 {
            var bytes = good
            bytes[Int.random(in: good.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try replace(path, bytes)
            failures += try readAll(fixture).failed
        }
        #expect(failures > 0)
    }

    private func replace(_ path: String, _ bytes: [UInt8]) throws {
        try FileManager.default.removeItem(atPath: path)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func flippedBitsInAPack() throws {
        let fixture = try fixture()
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: fixture.pack)))
        var random = SeededGenerator(seed: 52)
        var (failures, wrong) = (0, 0)
        for _ in 0..<250 {
            var bytes = good
            bytes[Int.random(in: 12..<(good.count - 20), using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            try replace(fixture.pack, bytes)
            let result = try readAll(fixture)
            failures += result.failed
            wrong += result.wrong
        }
        #expect(failures > 200)
        // Only a flip that names another base of a delta, of the same size, is not caught without hashing.
        #expect(wrong < failures / 20, "\(wrong) of \(failures)")
    }

    @Test func flippedBitsInAnIndex() throws {
        let fixture = try fixture()
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: fixture.index)))
        var random = SeededGenerator(seed: 53)
        var failures = 0
        for _ in 0..<250 {
            var bytes = good
            bytes[Int.random(in: good.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try replace(fixture.index, bytes)
            failures += try readAll(fixture).failed
        }
        #expect(failures > 0)
    }

    @Test func truncatedFiles() throws {
        let fixture = try fixture()
        for path in [fixture.pack, fixture.index] {
            let good = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            for count in [0, 1, 11, 12, 40, good.count / 2, good.count - 21, good.count - 1] {
                try replace(path, Array(good[..<count]))
                _ = try readAll(fixture)
            }
            try replace(path, good)
        }
        #expect(try readAll(fixture) == (0, 0))
    }

    @Test func damagedLooseObjects() throws {
        let fixture = try RefFixture()
        let id = fixture.commits[1].hex
        let file = "\(fixture.path)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
        let good = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        var random = SeededGenerator(seed: 54)
        var failed = 0
        for round in 0..<120 {
            var bytes = good
            if round < 20 {
                bytes = Array(good[..<(round * good.count / 20)])
            } else {
                bytes[Int.random(in: good.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            try replace(file, bytes)
            let repository = try Repository(opening: fixture.path)
            do {
                _ = try repository.commit(fixture.commits[1])
            } catch {
                failed += 1
                #expect(error.code == .verification || error.code == .notFound, "\(error)")
            }
        }
        #expect(failed > 90)
    }
}
