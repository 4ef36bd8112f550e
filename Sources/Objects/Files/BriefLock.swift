import CLinux
import Glibc

/// An exclusive advisory lock that is taken and let go many times a second, for sections of microseconds.
///
/// As ``FileLock`` it is `flock` on a file that stays, so it holds between processes and between two instances in one process,
/// and ends with the process that holds it. The file stays open in between. Who waits sleeps until somebody lets go: a word of the file,
/// mapped into all processes, changes then. It is only a hint: whoever ends without a word is noticed a few milliseconds later.
/// One instance belongs to one thread at a time.
package final class BriefLock {
    /// Where the word stands in the file: what is before it is content of the lock's owner.
    private static let wordOffset = 32
    /// The longest sleep, in microseconds, for somebody who ended without a word or does not know of it.
    private static let longestSleep: UInt32 = 2_000

    private let file: OpenFile
    private let path: String
    /// Nil where files cannot be mapped: then it is looked every so often.
    private let word: UnsafeMutablePointer<UInt32>?
    /// The descriptor of the lock's file, for content that belongs to the lock: at most 32 bytes at its start.
    package var descriptor: Int32 { file.descriptor }

    /// Opens the lock's file, which is made when it is missing; nothing is locked yet.
    package init(_ path: String) throws(AmxError) {
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o644)
        let size = off_t(Self.wordOffset + 4)
        // Two that find it too short give it the same length.
        if try file.status().st_size < size, ftruncate(file.descriptor, size) != 0 {
            word = nil
        } else {
            word = amx_word_map(file.descriptor, Self.wordOffset)
        }
        self.file = file
        self.path = path
    }

    deinit { if let word { amx_word_unmap(word, Self.wordOffset) } }

    /// Holds the lock while `body` runs; `.conflict` when it stays taken for `timeout` seconds.
    package func hold<Result>(
        _ busy: String, timeout: Double = 10, _ body: () throws(AmxError) -> Result
    ) throws(AmxError) -> Result {
        var end: Double?
        while true {
            let turn = turn
            if try take() { break }
            let now = Self.now()
            guard now < end ?? .infinity else {
                throw AmxError(
                    .conflict, "\(busy): another process holds \(path)",
                    hint: "wait for it to end and run the command again")
            }
            end = end ?? now + timeout
            // About as long as most sections take: to sleep and be woken takes longer.
            sleep(since: turn, looks: 1000)
        }
        defer { release(waking: 1) }
        return try body()
    }

    /// Holds the lock while `body` runs, or gives nil at once when it is taken.
    ///
    /// Wakes all who sleep, where the lock stands for something that all of them wait for.
    package func holdIfFree<Result>(_ body: () throws(AmxError) -> Result) throws(AmxError) -> Result? {
        guard try take() else { return nil }
        defer { release(waking: .max) }
        return try body()
    }

    /// A number that changes whenever somebody lets go of the lock.
    package var turn: UInt32 { word.map { amx_word_load($0) } ?? 0 }

    /// Sleeps until somebody has let go of the lock since a turn, or for a few milliseconds at most.
    package func sleep(since turn: UInt32, looks: UInt32 = 0) {
        if let word { amx_word_wait(word, turn, looks, Self.longestSleep) } else { usleep(50) }
    }

    /// Seconds of a clock that only goes forward.
    package static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func take() throws(AmxError) -> Bool {
        while amx_flock_try(file.descriptor, 1) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw AmxError.system("cannot lock \(path)") }
        }
        return true
    }

    private func release(waking count: Int32) {
        amx_flock_release(file.descriptor)
        // After that: who sees the word change finds the lock free.
        if let word { amx_word_change(word, count) }
    }
}
