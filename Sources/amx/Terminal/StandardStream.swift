import Glibc
import Objects

/// Standard output or standard error, written with system calls.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Whether a person is looking.
    var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Whether colour is wanted: a terminal that has it, and no `NO_COLOR`.
    var wantsColor: Bool {
        isTerminal && Environment["NO_COLOR"] == nil && Environment["TERM"] != "dumb"
    }

    /// Writes every byte.
    func write(_ bytes: [UInt8]) throws(AmxError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw AmxError.system("cannot write to standard \(self == .output ? "output" : "error")")
            }
            done += count
        }
    }
}
