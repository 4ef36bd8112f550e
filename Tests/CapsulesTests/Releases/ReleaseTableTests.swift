import Foundation
import Glibc
import Objects
import TestSupport
import Testing
import Versions

@testable import Capsules

/// Tables give what the repository gives, whatever was done to either.
@Suite struct ReleaseTableTests {
    private func sample(_ store: ReleaseStore) throws -> [Release] {
        try store.release("a", versions: ["1.0.0", "1.1.0", "2.0.0-rc.1"]) { version in
            "\"dependencies\": {\"x\": \"^1.0.0\", \"acme/y\": \"~\(version)\"}, \"peerDependencies\": {\"z\": \"latest\"}"
        }
        try store.release(
            "a",
            [
                .init("3.0.0", tagMessage: "R\n\nCapsule-Digest: sha256:\(String(repeating: "0f", count: 32))"),
                .init("4.0.0", manifest: "{}"),
            ])
        return try store.releases("a")
    }

    @Test func isAskedBeforeTheRepository() throws {
        let store = try ReleaseStore()
        let releases = try sample(store)
        #expect(releases.map { $0.problem == nil } == [true, true, true, true, false])
        let table = try #require(ReleaseTable(at: store.table("a"), of: try CapsuleID("a")))
        #expect(table.releases == releases)
        #expect(table.releases.map(\.dependencies.description) == releases.map(\.dependencies.description))
        // Without its objects the repository cannot be opened, and need not be.
        try Directory.remove("\(store.path("a"))/objects")
        #expect(try store.releases("a") == releases)
        #expect(
            ReleaseTable(at: store.table("a"), of: try CapsuleID("b")) == nil, "of another capsule")
        var limits = Limits.standard
        limits.manifestBytes -= 1
        #expect(ReleaseTable(at: store.table("a"), of: try CapsuleID("a"), limits: limits) == nil, "other limits")
    }

    @Test func readsOnlyNewManifests() throws {
        let store = try ReleaseStore()
        try store.release("a", versions: (0..<20).map { "1.\($0).0" })
        let memory = ManifestMemory()
        #expect(try store.releases("a", memory: memory).count == 20)
        #expect(memory.parsed == 20)
        try store.release("a", versions: ["1.20.0", "1.21.0"])
        let later = ManifestMemory()
        #expect(try store.releases("a", memory: later).map(\.version.text) == (0..<22).map { "1.\($0).0" })
        #expect(later.parsed == 2)
        let last = ManifestMemory()
        #expect(try store.releases("a", memory: last).count == 22)
        #expect(last.parsed == 0)
        // A tag made anew of the same commit is read, its manifest is not.
        try Tool.git(["tag", "-f", "-a", "-m", "Again", "v1.3.0", "v1.3.0^{commit}"], in: store.path("a"))
        let again = try store.releases("a", memory: last)
        #expect(again.count == 22 && last.parsed == 0)
        #expect(again[3].tag.hex == (try Tool.git(["rev-parse", "v1.3.0"], in: store.path("a"))))
        try Tool.git(["tag", "-d", "v1.0.0"], in: store.path("a"))
        #expect(try store.releases("a").map(\.version.text) == (1..<22).map { "1.\($0).0" })
    }

    /// Once the reference files have been left alone for a while, nothing but their metadata is looked at.
    @Test func trustsMetadataThatHasSettled() async throws {
        let store = try ReleaseStore()
        let releases = try sample(store)
        #expect(ReleaseTable(at: store.table("a"), of: try CapsuleID("a"))?.stamp == nil)
        // Others have the thread meanwhile.
        try await Task.sleep(for: .milliseconds(4_100))
        #expect(try store.releases("a") == releases)
        let table = try #require(ReleaseTable(at: store.table("a"), of: try CapsuleID("a")))
        let stamp = try #require(table.stamp)
        #expect(stamp.holds(repository: store.path("a")) && stamp == RefFilesStamp(repository: store.path("a")))
        // Where the stamp holds, the references are not read: these could not be.
        try Directory.remove("\(store.path("a"))/objects")
        #expect(try store.releases("a") == releases)
        // Any change shows, also one that changes nothing.
        let file = "\(store.path("a"))/packed-refs"
        var status = stat()
        #expect(lstat(file, &status) == 0)
        #expect(chmod(file, 0) == 0 && chmod(file, status.st_mode & 0o777) == 0)
        #expect(!stamp.holds(repository: store.path("a")), "the time of the last change has moved")
        #expect(try store.releases("a") == releases)
    }

    /// A few hundred damaged tables: every byte of a small one. Each is passed over and replaced by a sound one.
    @Test func passesOverDamage() throws {
        let store = try ReleaseStore()
        let releases = try sample(store)
        let sound = try store.folder.read("cache/releases/a")
        let id = try CapsuleID("a")
        for place in sound.indices {
            var bytes = sound
            bytes[place] ^= 1 << UInt8(place & 7)
            let table = bytes.withUnsafeBytes { ReleaseTable(decoding: $0, of: id, limits: .standard) }
            #expect(table == nil, "byte \(place)")
        }
        for content in [
            [], Array(sound.dropLast()), sound + [0], Array(repeating: 0, count: 4096), Array("AMXRLS3\n".utf8),
        ] {
            try store.folder.write("cache/releases/a", content)
            #expect(try store.releases("a") == releases)
            #expect(try store.folder.read("cache/releases/a") == sound)
        }
        // What is in the way stays there, and only costs time.
        try Directory.remove(store.table("a"))
        try Directory.create("\(store.table("a"))/x")
        #expect(try store.releases("a") == releases)
        try Directory.remove(store.table("a"))
        #expect(mkfifo(store.table("a"), 0o600) == 0)
        #expect(try store.releases("a") == releases)
        try Directory.remove("\(store.cache)/releases")
        try store.folder.write("cache/releases", text: "a file")
        #expect(try store.releases("a") == releases)
    }

    /// A table whose checksum is right but whose content is not what we write: no offset in it is trusted.
    @Test func trustsNoNumber() throws {
        let store = try ReleaseStore()
        let id = try CapsuleID("a")
        let stamp = try #require(
            RefFilesStamp(folders: ["refs", "refs/tags"], fields: (0..<36).map { $0 % 9 == 0 ? 1 : UInt64($0) }))
        #expect(RefFilesStamp(folders: stamp.folders, fields: stamp.fields) == stamp)
        let table = ReleaseTable(of: id, limits: .standard, stamp: stamp, releases: try sample(store))
        let whole = try #require(table.encoded)
        #expect(whole.withUnsafeBytes { ReleaseTable(decoding: $0, of: id, limits: .standard) } == table)
        let sound = whole.dropLast(TableCursor.checksumBytes)
        var random = SeededGenerator(seed: 7)
        var refused = 0
        for round in 0..<4_000 {
            var bytes = Array(sound)
            let place = round < sound.count ? round : Int.random(in: 8..<bytes.count, using: &random)
            switch round % 3 {
            case 0: bytes[place] = 0xFF
            case 1:
                for offset in place..<min(place + 4, bytes.count) {
                    bytes[offset] = UInt8.random(in: 0...255, using: &random)
                }
            default: bytes.removeSubrange(place..<min(place + 1 + round % 7, bytes.count))
            }
            TableCursor.finish(&bytes)
            if bytes.withUnsafeBytes({ ReleaseTable(decoding: $0, of: id, limits: .standard) }) == nil { refused += 1 }
        }
        #expect(refused > 2_000)
    }

    @Test func reportsAMovedRelease() throws {
        let store = try ReleaseStore()
        let made = try store.release("a", versions: ["1.0.0", "1.1.0"])
        let releases = try store.releases("a")
        func error() throws -> AmxError? {
            do throws(AmxError) {
                _ = try ReleaseReader(try CapsuleID("a")).releases(in: store.path("a"), table: store.table("a"))
            } catch {
                return error
            }
            return nil
        }
        let moved = try store.release("a", [.init("1.0.0", further: ["x": "other"]), .init("1.2.0")])
        for _ in 0..<2 {
            let error = try #require(try error())
            #expect(error.code == .verification)
            #expect(
                error.message
                    == "release v1.0.0 of a was moved: it was commit \(made[0].commit.abbreviated), and names commit \(moved[0].commit.abbreviated) now"
            )
            #expect(error.hint?.contains(store.table("a")) == true)
        }
        #expect(ReleaseTable(at: store.table("a"), of: try CapsuleID("a"))?.releases == releases)
        try Tool.git(["update-ref", "refs/tags/v1.1.0", "v1.1.0^{tree}"], in: store.path("a"))
        #expect(try error()?.message.hasSuffix("now (and 1 more of its releases have moved)") == true)
        try Tool.git(["update-ref", "refs/tags/v1.0.0", made[0].tag.hex], in: store.path("a"))
        #expect(try error()?.message.hasSuffix("and leads to no commit now") == true)
        try Directory.remove(store.table("a"))
        #expect(try store.releases("a").map { $0.problem == nil } == [true, false, true])
        // A tag without annotation was no release yet.
        try Tool.git(["tag", "v2.0.0", "v1.0.0^{commit}"], in: store.path("a"))
        #expect(try store.releases("a").last?.problem != nil)
        try Tool.git(["tag", "-d", "v2.0.0"], in: store.path("a"))
        try store.release("a", versions: ["2.0.0"])
        #expect(try store.releases("a").last?.problem == nil)
    }

    @Test func holdsAThousandReleases() throws {
        let store = try ReleaseStore()
        let versions = (0..<1_000).map { "\($0 / 100).\($0 / 10 % 10).\($0 % 10)" }
        try store.release("a", versions: versions) { version in
            "\"dependencies\": {\(version.hasSuffix("0") ? "\"x\": \"^1.0.0\", " : "")\"y\": \">=1.0.0 <2.0.0\"}"
        }
        let releases = try store.releases("a")
        #expect(releases.map(\.version.text) == versions)
        let memory = ManifestMemory()
        #expect(try store.releases("a", memory: memory) == releases)
        #expect(memory.parsed == 0)
        // Lists that are the same stand there once.
        #expect(try store.folder.read("cache/releases/a").count < 1_000 * 120)
    }

    /// Programs of their own write one table while others read it; every look is a whole and right one.
    @Test(.timeLimit(.minutes(15))) func isWrittenByManyAtOnce() throws {
        let store = try ReleaseStore()
        try store.release("a", versions: (0..<30).map { "1.0.\($0)" })
        let expected = try store.releases("a")
        let sound = try store.folder.write("sound", store.folder.read("cache/releases/a"))
        let writer = try RunningProgram(
            "python3",
            [
                "-c",
                """
                import os, sys
                table, path = sys.argv[1:]
                sound = open(path, 'rb').read()
                while True:
                    for content in (b'x' * 5000, sound, b'', sound[:-1]):
                        with open(path + '.new', 'wb') as file: file.write(content)
                        os.rename(path + '.new', table)
                """, store.table("a"), sound,
            ])
        let results = WorkerThreads.map(Array(0..<8), threads: 8, share: 1) { thread -> Int in
            var wrong = 0
            for round in 0..<60 {
                if (round + thread) % 5 == 0 { unlink(store.table("a")) }
                let found = try? store.releases("a")
                if found != expected { wrong += 1 }
            }
            return wrong
        }
        #expect(results == Array(repeating: 0, count: 8))
        writer.terminate()
        #expect(try Directory.names(in: "\(store.cache)/releases").count <= 1, "no temporary file stays")
    }

    @Test func keepsWhichAmxAReleaseWorksWith() throws {
        let store = try ReleaseStore()
        try store.release("a", versions: ["1.0.0", "1.1.0", "1.2.0"]) { version in
            switch version {
            case "1.0.0": ""
            case "1.1.0": #""aimatrixVersion": ">=0.1.0 <2.0.0""#
            default: #""aimatrixVersion": {"operator": "^", "version": "3.0.0", "prerelease": true}"#
            }
        }
        let expected = [nil, ">=0.1.0 <2.0.0", "^3.0.0"]
        for _ in 0..<2 {
            let memory = ManifestMemory()
            let found = try store.releases("a", memory: memory)
            #expect(found.map { $0.aimatrixVersion?.description } == expected)
            #expect(found.last?.aimatrixVersion?.prerelease == true)
        }
        // What the table knows of a manifest holds for a tag that is made anew.
        try Tool.git(["tag", "-f", "-a", "-m", "Again", "v1.2.0", "v1.2.0^{commit}"], in: store.path("a"))
        let again = try store.releases("a")
        #expect(again.map { $0.aimatrixVersion?.description } == expected)
    }

    @Test func keepsConstraintsThatPrintLonger() throws {
        let store = try ReleaseStore()
        // Printed, each version has its '='.
        let long = Array(repeating: "1.0.0", count: 128).joined(separator: "||")
        try store.release("a", versions: ["1.0.0"]) { _ in "\"dependencies\": {\"x\": \"\(long)\"}" }
        for _ in 0..<2 {
            #expect(try store.releases("a").first?.dependencies.first?.constraint.alternatives.count == 128)
        }
        #expect(!Directory.exists(store.table("a")))
    }
}
