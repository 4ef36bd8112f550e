import Glibc
import Objects
import Synchronization
import TestSupport
import Testing

@Suite struct BriefLockTests {
    /// Counts on in the lock's own content.
    private static func count(_ lock: BriefLock, rounds: Int) throws(AmxError) {
        for _ in 0..<rounds {
            try lock.hold("cannot count") { () throws(AmxError) in
                let number = lock.content[0]
                sched_yield()
                try lock.write(BriefLock.Content(number + 1, 0, 0, 0), count: 1)
            }
        }
    }

    @Test func oneAtATimeHoldsIt() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("lock")
        let failures = Mutex<[AmxError]>([])
        WorkerThreads.run(4) {
            do throws(AmxError) {
                try Self.count(BriefLock(path), rounds: 50)
            } catch {
                failures.withLock { $0.append(error) }
            }
        }
        #expect(failures.withLock { $0.map(\.message) } == [])
        #expect(try BriefLock(path).content == BriefLock.Content(200, 0, 0, 0))
    }

    /// The limit on its memory is what keeps a process from mapping the file.
    @Test func holdsWhereFilesCannotBeMapped() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("lock")
        await #expect(processExitsWith: .success) { [path = path as String] in
            let mapped = try BriefLock(path)
            var usual = rlimit()
            try #require(getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &usual) == 0)
            var none = usual
            none.rlim_cur = 0
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &none) == 0)
            let lock = try BriefLock(path)
            let another = Mutex(try BriefLock(path))
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &usual) == 0)

            let turn = mapped.turn
            try lock.hold("cannot begin") { () throws(AmxError) in
                try lock.write(BriefLock.Content(1, 2, 3, 4))
                lock.hint(5)
                if try mapped.holdIfFree({ true }) != nil { throw AmxError(.failure, "two hold the lock") }
            }
            // Nothing that is mapped has changed.
            try #require(lock.turn == 0 && mapped.turn == turn)
            for content in [lock.content, mapped.content] { try #require(content == BriefLock.Content(1, 2, 3, 4)) }
            try mapped.hold("cannot go on") { () throws(AmxError) in mapped.hint(6) }
            try #require(mapped.turn != turn && lock.turn == 0)
            try #require(lock.content == BriefLock.Content(1, 2, 3, 6))

            lock.sleep(since: 0)
            let failures = Mutex(0)
            WorkerThreads.run(2) {
                do throws(AmxError) {
                    // One thread has it, the other one a lock of its own.
                    let counted: Void? = try another.withLockIfAvailable { lock throws(AmxError) in
                        try BriefLockTests.count(lock, rounds: 50)
                    }
                    if counted == nil { try BriefLockTests.count(BriefLock(path), rounds: 50) }
                } catch {
                    failures.withLock { $0 += 1 }
                }
            }
            try #require(failures.withLock { $0 } == 0)
            try #require(mapped.content[0] == 101)
        }
    }

    @Test func whoWaitsTooLongIsTold() throws {
        let folder = try TemporaryDirectory()
        let path = folder.appending("lock")
        let (first, second) = (try BriefLock(path), try BriefLock(path))
        let (error, isFree) = try first.hold("the test cannot begin") { () throws(AmxError) in
            let error = #expect(throws: AmxError.self) { try second.hold("cannot go on", timeout: 0.02) {} }
            return (error, try second.holdIfFree { true } ?? false)
        }
        #expect(error?.code == .conflict)
        #expect(error?.message == "cannot go on: another process holds \(path)")
        #expect(!isFree)
        #expect(try second.hold("cannot go on", timeout: 0) { 7 } == 7)
    }

    @Test func anErrorLetsGo() throws {
        let folder = try TemporaryDirectory()
        let lock = try BriefLock(folder.appending("lock"))
        #expect(throws: AmxError.self) {
            try lock.hold("cannot begin") { () throws(AmxError) in throw AmxError(.failure, "it went wrong") }
        }
        #expect(throws: AmxError.self) {
            try lock.holdIfFree { () throws(AmxError) in throw AmxError(.failure, "it went wrong") }
        }
        #expect(try lock.holdIfFree { true } == true)
    }

    @Test func theTurnChangesWithEachHolder() throws {
        let folder = try TemporaryDirectory()
        let (first, second) = (
            try BriefLock(folder.appending("lock")), try BriefLock(folder.appending("lock"))
        )
        var turns = [first.turn]
        for round in 0..<4 {
            if round.isMultiple(of: 2) { try first.hold("cannot begin") {} } else { try first.holdIfFree {} }
            turns.append(second.turn)
            #expect(first.turn == second.turn)
        }
        #expect(Set(turns).count == 5)
        // What has changed already is not slept for, in whatever group; what has not is, for a while.
        for group in [BriefLock.everybody, 1] {
            second.sleep(since: turns[0], in: group)
            second.sleep(since: second.turn, looks: 3, in: group)
        }
    }

    /// It goes where it is named, and not where a link leads.
    @Test func whatIsNoFileIsRefused() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: AmxError.self) { try BriefLock(folder.path) }
        #expect(throws: AmxError.self) { try BriefLock(folder.appending("missing/lock")) }
        try #require(symlink(folder.appending("target"), folder.appending("link")) == 0)
        #expect(throws: AmxError.self) { try BriefLock(folder.appending("link")) }
        #expect(!Directory.exists(folder.appending("target")))
    }
}
