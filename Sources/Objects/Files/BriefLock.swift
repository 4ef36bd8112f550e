import CLinux
import Glibc

/// An exclusive advisory lock that is taken and let go many times a second, for sections of microseconds.
///
/// As ``FileLock`` it is `flock` on a file that stays, so it holds between processes and between two instances in one process,
/// and ends with the process that holds it. The file stays open in between, and its start is mapped into all processes: content of the
/// lock's owner, and a word that changes whenever somebody lets go. Who waits sleeps on that word. It is only a hint: whoever ends without
/// changing it is noticed a few milliseconds later. One instance belongs to one thread at a time.
package final class BriefLock {
    /// What the lock's owner keeps at the start of the file: four numbers.
    package typealias Content = SIMD4<UInt64>

    /// Which of those who wait are meant: a set of bits.
    package typealias Group = UInt32
    /// All of them.
    package static let everybody: Group = .max

    /// Where the word stands in the file: what is before it is content.
    private static let wordOffset = 32
    private static let byteCount = 40
    /// The longest sleep, in microseconds, for somebody who ended without a word or does not know of it.
    private static let longestSleep: UInt32 = 2_000

    private let file: OpenFile
    private let path: String
    /// Nil where files cannot be mapped: then it is looked every so often.
    private let words: UnsafeMutablePointer<UInt8>?

    /// Opens the lock's file, which is made when it is missing; nothing is locked yet.
    package init(_ path: String) throws(AmxError) {
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o644)
        // Two that find it too short give it the same length.
        if try file.status().st_size < Self.byteCount, amx_words_make(file.descriptor, Self.byteCount) != 0 {
            throw AmxError.system("cannot write \(path)")
        }
        words = amx_words_map(file.descriptor, Self.byteCount)
        self.file = file
        self.path = path
    }

    deinit { if let words { amx_words_unmap(words, Self.byteCount) } }

    /// Holds the lock while `body` runs; `.conflict` when it stays taken for `timeout` seconds.
    ///
    /// One of those who wait is woken afterwards, or all of them.
    package func hold<Result>(
        _ busy: String, timeout: Double = 10, wakingAll: Bool = false, _ body: () throws(AmxError) -> Result
    ) throws(AmxError) -> Result {
        var end: Double?
        while true {
            let turn = turn
            if try take() { break }
            let now = MonotonicClock.seconds()
            guard now < end ?? .infinity else {
                throw AmxError(
                    .conflict, "\(busy): another process holds \(path)",
                    hint: "wait for it to end and run the command again")
            }
            end = end ?? now + timeout
            // About as long as most sections take: to sleep and be woken takes longer.
            sleep(since: turn, looks: 200)
        }
        defer { release(waking: wakingAll ? .max : 1, of: Self.everybody) }
        return try body()
    }

    /// Holds the lock while `body` runs, or gives nil at once when it is taken.
    ///
    /// Where the lock stands for something that all wait for, those of a group are woken afterwards, which is asked for then, and one of
    /// the others.
    package func holdIfFree<Result>(
        waking group: @autoclosure () -> Group = BriefLock.everybody, _ body: () throws(AmxError) -> Result
    ) throws(AmxError) -> Result? {
        guard try take() else { return nil }
        defer { release(waking: .max, of: group()) }
        return try body()
    }

    /// A number that changes whenever somebody lets go of the lock.
    package var turn: UInt32 { words.map { amx_word_load($0, Self.wordOffset) } ?? 0 }

    /// Sleeps until somebody has let go of the lock since a turn and wakes this group, or for a few milliseconds at most.
    package func sleep(since turn: UInt32, looks: UInt32 = 0, in group: Group = BriefLock.everybody) {
        if let words {
            amx_word_wait(words, Self.wordOffset, turn, looks, Self.longestSleep, group)
        } else {
            usleep(50)
        }
    }

    // MARK: Content

    /// The content as it is now. Somebody may be writing it: what must be whole has a checksum of its own.
    package var content: Content {
        var content = Content()
        if let words {
            for index in 0..<4 { content[index] = UInt64(littleEndian: amx_words_load(words, 8 * index)) }
        } else {
            withUnsafeMutableBytes(of: &content) { _ = pread(file.descriptor, $0.baseAddress, $0.count, 0) }
            for index in 0..<4 { content[index] = UInt64(littleEndian: content[index]) }
        }
        return content
    }

    /// Writes the first of the numbers, at once for whoever is killed in between; the caller holds the lock.
    package func write(_ content: Content, count: Int = 4) throws(AmxError) {
        var bytes = Content()
        for index in 0..<4 { bytes[index] = content[index].littleEndian }
        let size = 8 * min(max(count, 0), 4)
        let written = withUnsafeBytes(of: bytes) { pwrite(file.descriptor, $0.baseAddress, size, 0) }
        guard written == size else { throw AmxError.system("cannot write \(path)") }
    }

    /// Writes the last number, which is only a hint: where files cannot be mapped it is left as it is. The caller holds the lock.
    package func hint(_ number: UInt64) { if let words { amx_words_store(words, 24, number.littleEndian) } }

    private func take() throws(AmxError) -> Bool {
        while amx_flock_try(file.descriptor, 1) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw AmxError.system("cannot lock \(path)") }
        }
        return true
    }

    private func release(waking count: Int32, of group: Group) {
        amx_flock_release(file.descriptor)
        // After that: who sees the word change finds the lock free.
        if let words { amx_word_change(words, Self.wordOffset, count, group) }
    }
}
