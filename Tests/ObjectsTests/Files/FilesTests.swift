import Foundation
import Objects
import Synchronization
import TestSupport
import Testing

/// Atomic files, locks and folders.
struct FilesTests {
    private func code(_ body: () throws -> Void) -> AmxError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? AmxError)?.code
        }
    }

    @Test func aFileIsReplacedAsAWhole() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("f")
        let old = [UInt8](repeating: 1, count: 300_000)
        let new = [UInt8](repeating: 2, count: 200_000)
        try AtomicFile.write(old, to: path)
        let done = Atomic(false)
        let seen = Mutex<[Int: Int]>([:])
        let reader = Thread {
            while !done.load(ordering: .acquiring) {
                guard let bytes = try? FileContent.read(path) else { continue }
                let key = bytes.allSatisfy { $0 == bytes.first } ? bytes.count : -1
                seen.withLock { $0[key, default: 0] += 1 }
            }
        }
        reader.start()
        for round in 0..<60 { try AtomicFile.write(round % 2 == 0 ? new : old, to: path) }
        done.store(true, ordering: .releasing)
        #expect(seen.withLock { Set($0.keys).isSubset(of: [300_000, 200_000]) })
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["f"])
    }

    @Test func aFailedWriteLeavesTheOldFile() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("f", text: "old")
        #expect {
            try AtomicFile.write(to: path) { file throws(AmxError) in
                try file.write(Array("half".utf8))
                throw AmxError(.network, "gone")
            }
        } throws: { ($0 as? AmxError)?.code == .network }
        #expect(try folder.read("f") == Array("old".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["f"])
        // A folder in the way, and a missing one.
        try folder.write("d/x", text: "x")
        #expect(code { try AtomicFile.write([1], to: folder.appending("d")) } == .failure)
        #expect(code { try AtomicFile.write([1], to: folder.appending("none/f")) } == .notFound)
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["f", "d"])
    }

    @Test func namesOfFullLengthAndModes() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending(String(repeating: "n", count: 255))
        // No umask in use leaves this one as it is.
        try AtomicFile.write([7], to: path, mode: 0o666)
        #expect(try FileContent.read(path) == [7])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o666)
    }

    @Test func aLinkIsReplacedNotFollowed() throws {
        let folder = try TemporaryDirectory()
        try folder.write("target", text: "kept")
        let link = folder.appending("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.appending("target"))
        try AtomicFile.write(Array("new".utf8), to: link)
        #expect(try folder.read("target") == Array("kept".utf8))
        #expect(try folder.read("link") == Array("new".utf8))
    }

    @Test func locksExcludeEachOther() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("lock")
        do {
            let first = try FileLock(path, busy: "cannot work", content: [1])
            #expect(code { _ = try FileLock(path, timeout: 0.1, busy: "cannot work") } == .conflict)
            withExtendedLifetime(first) {}
        }
        // Other tests fork, and a copy of this process holds the lock until it ends.
        _ = try FileLock(path, timeout: 60, busy: "cannot work")
        #expect(try folder.read("lock") == [1])
        let counter = Mutex((inside: 0, most: 0, total: 0))
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<20 {
                guard let lock = try? FileLock(path, timeout: 120, busy: "cannot work") else { continue }
                counter.withLock {
                    $0.inside += 1
                    $0.most = max($0.most, $0.inside)
                    $0.total += 1
                }
                usleep(200)
                counter.withLock { $0.inside -= 1 }
                withExtendedLifetime(lock) {}
            }
        }
        let result = counter.withLock { $0 }
        #expect(result.most == 1 && result.total == 160)
    }

    /// A process that another thread starts has all files that are open here, until it has become another program.
    @Test func aLockGoesAlsoWhereAnotherHasTheFile() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("lock")
        var copies: [Int32] = []
        do {
            let lock = try FileLock(path, busy: "cannot work")
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") where copies.isEmpty {
                let file = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
                if file == path, let number = Int32(name) { copies.append(fcntl(number, F_DUPFD_CLOEXEC, 3)) }
            }
            withExtendedLifetime(lock) {}
        }
        defer { for copy in copies { close(copy) } }
        #expect(copies.count == 1)
        #expect(throws: Never.self) { _ = try FileLock(path, timeout: 0, busy: "cannot work") }
    }

    @Test func aLinkIsNoLock() throws {
        let folder = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending("lock"), withDestinationPath: folder.appending("elsewhere"))
        #expect(code { _ = try FileLock(folder.appending("lock"), busy: "cannot work") } == .failure)
        #expect(!FileManager.default.fileExists(atPath: folder.appending("elsewhere")))
    }

    @Test func partsOfPaths() {
        for (path, parent, name) in [
            ("a", ".", "a"), ("/a", "/", "a"), ("a/b", "a", "b"), ("/a/b/c", "/a/b", "c"), ("./x", ".", "x"),
        ] {
            #expect(Directory.parent(of: path) == parent)
            #expect(Directory.name(of: path) == name)
        }
    }

    @Test func foldersAreMadeAndListed() throws {
        let folder = try TemporaryDirectory()
        try Directory.create(folder.appending("a/b/c"))
        try Directory.create(folder.appending("a/b/c"))
        try Directory.createDurably(folder.appending("x/y"))
        try folder.write("a/file", text: "")
        #expect(code { try Directory.create(folder.appending("a/file")) } == .failure)
        #expect(code { try Directory.create(folder.appending("a/file/x")) } == .failure)
        for name in ["z", "é", "B", "-"] { try folder.write("list/\(name)", text: "") }
        let names = try Directory.names(in: folder.appending("list")).map { String(decoding: $0, as: UTF8.self) }
        #expect(names == ["-", "B", "z", "é"])
        #expect(code { _ = try Directory.names(in: folder.appending("none")) } == .notFound)
    }

    @Test func removingNeverFollowsLinks() throws {
        let folder = try TemporaryDirectory()
        try folder.write("kept/file", text: "x")
        try folder.write("gone/deep/er/file", text: "x")
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending("gone/link"), withDestinationPath: folder.appending("kept"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.appending("top"), withDestinationPath: folder.appending("kept"))
        // A name that is no text, beside the one that stands for it when it is shown.
        let raw = (Array(folder.appending("gone/").utf8) + [0xFF]).map { CChar(bitPattern: $0) } + [0]
        let descriptor = open(raw, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
        try folder.write("gone/\u{FFFD}", text: "x")
        try Directory.remove(folder.appending("gone"))
        try Directory.remove(folder.appending("top"))
        try Directory.remove(folder.appending("never there"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kept"])
        #expect(try folder.read("kept/file") == Array("x".utf8))
    }

    @Test func renames() throws {
        let folder = try TemporaryDirectory()
        let (first, second) = (try folder.write("1", text: "1"), try folder.write("2", text: "2"))
        #expect(code { try Directory.renameWithoutReplacing(first, to: second) } == .conflict)
        try Directory.exchange(first, second)
        #expect(try folder.read("1") == Array("2".utf8))
        try Directory.renameWithoutReplacing(first, to: folder.appending("3"))
        #expect(try folder.read("3") == Array("2".utf8))
        #expect(code { try Directory.exchange(first, second) } == .notFound)
    }

    @Test func contentIsReadUpToALimit() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("f", [UInt8](repeating: 3, count: 100_000))
        #expect(try FileContent.read(path)?.count == 100_000)
        #expect(try FileContent.read(path, limit: 100_000)?.count == 100_000)
        #expect(code { _ = try FileContent.read(path, limit: 99_999) } == .failure)
        #expect(try FileContent.readStart(path, count: 10)?.count == 10)
        #expect(try FileContent.read(folder.appending("none")) == nil)
        #expect(try FileContent.read(folder.path) == nil)
        #expect(try FileContent.readStart(folder.path, count: 1) == nil)
        let sparse = folder.appending("sparse")
        try AtomicFile.write([], to: sparse)
        #expect(truncate(sparse, 1 << 42) == 0)
        #expect(code { _ = try FileContent.read(sparse, limit: 1 << 20) } == .failure)
        let file = try OpenFile(path, O_RDONLY)
        #expect(try file.read(at: 99_990, count: 100).count == 10)
        #expect(try file.read(at: 200_000, count: 100).isEmpty)
    }

    @Test func errorsNameTheReason() {
        #expect(AmxError.system("cannot x", errno: ENOENT).code == .notFound)
        #expect(AmxError.system("cannot x", errno: ENOSPC).hint != nil)
        #expect(AmxError.system("cannot x", errno: EIO).message == "cannot x: Input/output error")
    }
}
