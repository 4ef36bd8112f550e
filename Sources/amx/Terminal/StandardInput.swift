import Glibc
import Objects

/// What is given to a command by standard input.
enum StandardInput {
    /// All of it; `.failure` where it is more than a number of bytes, or cannot be read.
    static func read(limit: Int) throws(AmxError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR {
                try Interruption.check()
                continue
            }
            guard count >= 0 else { throw AmxError.system("cannot read standard input") }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else {
                throw AmxError(
                    .failure, "standard input has more than \(limit) bytes", hint: "give less at a time")
            }
        }
    }
}
