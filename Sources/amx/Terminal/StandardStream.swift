import Glibc
import Objects

/// Standard output or standard error, written with system calls.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Whether a person is looking.
    var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Whether colour is wanted here.
    var wantsColor: Bool { ColorChoice.inForce.isColored(isTerminal: isTerminal) }

    /// Writes every byte.
    func write(_ bytes: [UInt8]) throws(AmxError) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count < 0 {
                let number = errno
                if number == EINTR { continue }
                let name = self == .output ? "output" : "error"
                // Not ``AmxError/system(_:errno:)``: its advice would say that nothing was changed.
                throw AmxError(
                    .failure, "cannot write to standard \(name): \(String(cString: strerror(number)))",
                    hint: "only the text is lost: what the command did before stays done")
            }
            done += count
        }
    }
}
