import CLinux
import Glibc

/// An exclusive advisory lock on a file, released when its owner goes or its process ends.
package struct FileLock: ~Copyable {
    private let file: OpenFile

    /// Takes the lock, waiting up to `timeout` seconds; then `.conflict`.
    ///
    /// The file is created when it is missing and stays afterwards: removing it would let two owners in. An empty file
    /// gets `content`.
    package init(
        _ path: String, timeout: Double = 10, busy: String, content: [UInt8] = []
    ) throws(AmxError) {
        let file = try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o644)
        var waited = 0.0
        var pause = 0.001
        while amx_flock_try(file.descriptor, 1) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw AmxError.system("cannot lock \(path)") }
            guard waited < timeout else {
                throw AmxError(
                    .conflict, "\(busy): another process holds \(path)",
                    hint: "wait for it to end and run the command again")
            }
            usleep(UInt32(pause * 1_000_000))
            waited += pause
            pause = min(pause * 2, 0.05)
        }
        if !content.isEmpty, try file.status().st_size == 0 { try file.write(content) }
        self.file = file
    }

    /// Lets it go before the file is closed: a process that another thread is just starting has the file too, until it has become
    /// another program.
    deinit { amx_flock_release(file.descriptor) }
}
