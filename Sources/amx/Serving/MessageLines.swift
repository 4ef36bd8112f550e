import Glibc
import Objects

/// The lines of standard input, of which each is a message.
struct MessageLines {
    enum Line {
        case message([UInt8])
        /// One that is longer than a message may be; it was passed over.
        case tooLong
    }

    /// The longest message, in bytes.
    static let limit = 16 << 20
    private var buffer: [UInt8] = []
    /// What of the buffer was searched for an end of a line.
    private var searched = 0
    private var isSkipping = false
    private var isAtEnd = false

    /// The next line that is not empty; nil at the end. `.interrupted` after a signal.
    mutating func next() throws(AmxError) -> Line? {
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[..<end]
                let wasSkipping = isSkipping
                isSkipping = false
                defer {
                    buffer.removeSubrange(...end)
                    searched = 0
                }
                if wasSkipping { return .tooLong }
                if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
                return .message(Array(line))
            }
            searched = buffer.count
            if buffer.count > Self.limit {
                isSkipping = true
                (buffer, searched) = ([], 0)
            }
            if isAtEnd {
                // The last line may have no end.
                defer { buffer = [] }
                return buffer.isEmpty ? nil : .message(buffer)
            }
            try read()
        }
    }

    private mutating func read() throws(AmxError) {
        var part = [UInt8](repeating: 0, count: 65_536)
        try Interruption.check()
        let count = Glibc.read(STDIN_FILENO, &part, part.count)
        if count < 0, errno == EINTR { return try Interruption.check() }
        guard count >= 0 else { throw AmxError.system("cannot read standard input") }
        if count == 0 { isAtEnd = true } else { buffer += part.prefix(count) }
    }
}
