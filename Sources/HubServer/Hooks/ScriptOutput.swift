import Glibc
import Objects
import Wire

/// What a script writes to its standard output and error: the first bytes are kept, the rest is read and dropped.
final class ScriptOutput {
    /// The end that the script writes into.
    private(set) var writer: Int32
    private let reader: Int32
    private let limit: Int
    private var bytes: [UInt8] = []

    init(limit: Int) throws(AmxError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw AmxError.system("cannot make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reader, writer) = (ends[0], ends[1])
        self.limit = limit
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(reader)
        closeWriter()
    }

    func closeWriter() {
        if writer >= 0 { close(writer) }
        writer = -1
    }

    /// The kept text, each line free of control characters and ended.
    var text: String {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { "\(RemoteText.oneLine(String($0)))\n" }
            .joined()
    }

    /// Reads until the process has ended, and ends its group; its status, or nil when it took too long.
    ///
    /// A status of 128 and more is the signal that ended it.
    func collect(from process: pid_t, seconds: Int) -> Int32? {
        let end = ContinuousClock.now + .seconds(seconds)
        var raw: Int32 = 0
        var hasEnded = false
        while !hasEnded, ContinuousClock.now < end {
            var wait = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            if poll(&wait, 1, 20) > 0, !take() { usleep(5_000) }
            hasEnded = waitpid(process, &raw, WNOHANG) == process
        }
        // What it has left running is not waited for. The id is still its own: the group exists or the process does.
        kill(-process, SIGKILL)
        if !hasEnded {
            while waitpid(process, &raw, 0) == -1, errno == EINTR {}
        }
        while take() {}
        guard hasEnded else { return nil }
        return raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
    }

    /// Reads a piece; false when there is none for now.
    private func take() -> Bool {
        var piece = [UInt8](repeating: 0, count: 4096)
        let count = read(reader, &piece, piece.count)
        guard count > 0 else { return false }
        bytes += piece.prefix(min(count, limit - bytes.count))
        return true
    }
}
