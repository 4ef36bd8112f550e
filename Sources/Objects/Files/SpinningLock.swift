import CLinux
import Glibc

/// An exclusive advisory lock that is taken and let go many times a second, for sections of microseconds.
///
/// As ``FileLock`` it is `flock` on a file that stays, so it holds between processes and between two instances in one process,
/// and ends with the process that holds it. The file stays open in between, and who waits looks every 50 microseconds at first.
/// One instance belongs to one thread at a time.
package final class SpinningLock {
    private let file: OpenFile
    private let path: String
    /// The descriptor of the lock's file, for content that belongs to the lock.
    package var descriptor: Int32 { file.descriptor }

    /// Opens the lock's file, which is made when it is missing; nothing is locked yet.
    package init(_ path: String) throws(AmxError) {
        file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o644)
        self.path = path
    }

    /// Holds the lock while `body` runs; `.conflict` when it stays taken for `timeout` seconds.
    package func hold<Result>(
        _ busy: String, timeout: Double = 10, _ body: () throws(AmxError) -> Result
    ) throws(AmxError) -> Result {
        var waited = 0.0
        var pause: UInt32 = 50
        while true {
            if try take() { break }
            guard waited < timeout else {
                throw AmxError(
                    .conflict, "\(busy): another process holds \(path)",
                    hint: "wait for it to end and run the command again")
            }
            usleep(pause)
            waited += Double(pause) / 1_000_000
            if waited > 0.02 { pause = min(pause * 2, 5_000) }
        }
        defer { amx_flock_release(file.descriptor) }
        return try body()
    }

    /// Holds the lock while `body` runs, or gives nil at once when it is taken.
    package func holdIfFree<Result>(_ body: () throws(AmxError) -> Result) throws(AmxError) -> Result? {
        guard try take() else { return nil }
        defer { amx_flock_release(file.descriptor) }
        return try body()
    }

    private func take() throws(AmxError) -> Bool {
        while amx_flock_try(file.descriptor, 1) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw AmxError.system("cannot lock \(path)") }
        }
        return true
    }
}
