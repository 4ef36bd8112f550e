import Foundation
import Glibc
import Objects
import TestSupport
import Testing

@testable import Workspaces

/// The cache may cost time and must never hide a change.
@Suite struct StatCacheTests {
    private func setTime(_ path: String, _ seconds: Int, _ nanoseconds: Int = 0) {
        let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
        utimensat(AT_FDCWD, path, [time, time], 0)
    }

    @Test func aChangeOfTheSameSizeWithItsTimeSetBackIsSeen() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "data", "one")
        let path = fixture.workspace.directoryPath(capsule.id) + "/data"
        setTime(path, 1_000_000_000)
        usleep(30_000)
        try fixture.commit(capsule)
        #expect(try capsule.status().state == .clean)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: Data("two".utf8))
        try file.close()
        setTime(path, 1_000_000_000)
        #expect(try capsule.status().changes.map(\.path.string) == ["data"])
    }

    @Test func aChangeOfTheModeAloneIsSeen() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        try fixture.write(capsule, "run", "#!/bin/sh\n")
        usleep(30_000)
        try fixture.commit(capsule)
        chmod(fixture.workspace.directoryPath(capsule.id) + "/run", 0o755)
        let change = try #require(try capsule.status().changes.first)
        #expect(change.path.string == "run")
        #expect(change.new?.mode == .executable && change.old?.id == change.new?.id)
    }

    @Test(
        arguments: [
            // Younger than the clock's step; of a clock that ran ahead; old enough.
            (-5_000_000, 123, false), (3_600_000_000_000, 123, false), (-100_000_000, 123, true),
            // A file system with whole seconds needs longer.
            (-1_000_000_000, 0, false), (-5_000_000_000, 0, true),
        ] as [(Int64, Int64, Bool)])
    func onlyFilesThatHaveRestedAreRemembered(age: Int64, fraction: Int64, isRemembered: Bool) throws {
        let folder = try TemporaryDirectory()
        // The cache's own moment is between the two.
        var (before, after) = (timespec(), timespec())
        clock_gettime(CLOCK_REALTIME, &before)
        var cache = StatCache(folder.appending("cache"))
        clock_gettime(CLOCK_REALTIME, &after)
        let now = isRemembered ? before : after
        var nanoseconds = Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec) + age
        if fraction == 0 { nanoseconds -= nanoseconds % 1_000_000_000 }
        var status = stat()
        status.st_size = 1
        status.st_mtim = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        status.st_ctim = status.st_mtim
        let stamp = StatCache.Stamp(status)
        cache.record([1], stamp: stamp, hashes: try StatCache.Hashes(of: [1]))
        cache.save()
        var again = StatCache(folder.appending("cache"))
        #expect((again.hashes(of: [1], stamp: stamp) != nil) == isRemembered)
    }

    @Test func entriesAreFoundInAnyOrder() throws {
        let folder = try TemporaryDirectory()
        var cache = StatCache(folder.appending("cache"))
        let stamp = StatCache.Stamp(stat())
        let names = (0..<50).map { Array("name \($0 * 7 % 50)".utf8) }
        for name in names { cache.record(name, stamp: stamp, hashes: try StatCache.Hashes(of: name)) }
        cache.save()
        var again = StatCache(folder.appending("cache"))
        for name in names { #expect(again.hashes(of: name, stamp: stamp) == (try StatCache.Hashes(of: name))) }
        #expect(again.hashes(of: [], stamp: stamp) == nil)
        #expect(again.hashes(of: [0xFF], stamp: stamp) == nil)
    }

    @Test func aDamagedCacheIsNone() throws {
        let fixture = try WorkspaceFixture()
        let capsule = try fixture.new("a")
        usleep(30_000)
        try fixture.commit(capsule)
        let path = fixture.workspace.statCachePath(capsule.id)
        let good = Array(try Data(contentsOf: URL(filePath: path)))
        #expect(good.count > 200)
        var generator = SeededGenerator(seed: 7)
        for round in 0..<40 {
            var bytes = good
            if round.isMultiple(of: 2) {
                bytes[Int.random(in: bytes.indices, using: &generator)] ^=
                    1 << UInt8.random(in: 0...7, using: &generator)
            } else {
                bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            }
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try capsule.status().state == .clean)
        }
    }
}
