import Glibc
package import Isolation
import Objects

/// Lines that go to a program and come from it, without either waiting for the other to read.
///
/// Not for use by several threads at once. The descriptors stay the caller's and are made to never wait.
package final class LineConnection {
    private let reader: Int32
    private let writer: Int32
    private let lineLimit: Int
    /// Whose end and errors are watched meanwhile.
    private let program: SandboxedProgram?
    private var received: [UInt8] = []
    /// Where the next line begins, and up to where no end of it was found.
    private var (lineStart, searched) = (0, 0)
    private var unsent: [UInt8] = []
    private var sent = 0
    private var isAtEnd = false
    /// How much may wait to be sent, in bytes; one message may be most of it.
    private static let unsentLimit = 64 << 20
    /// The bytes of all lines that went out and came in.
    package private(set) var (bytesOut, bytesIn): (UInt64, UInt64) = (0, 0)

    /// Talks over two descriptors, which may be one; the written one is a socket. A longer line than the limit in bytes ends the talk.
    package init(
        reading reader: Int32, writing writer: Int32, lineLimit: Int = 16 << 20, of program: SandboxedProgram? = nil
    ) {
        (self.reader, self.writer, self.lineLimit, self.program) = (reader, writer, lineLimit, program)
        for descriptor in [reader, writer] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    /// Takes a line, without its end, to be sent while lines are waited for.
    ///
    /// What a program does not take because it has ended is dropped: reading tells of the end.
    package func send(_ line: [UInt8]) {
        unsent += line
        unsent.append(UInt8(ascii: "\n"))
        write()
    }

    /// The next line that is not empty, without its end, waited for until a moment of the monotonic clock in nanoseconds.
    ///
    /// `timedOut` when there is none by then, `ended` when there will be none, `malformed` when it is too long, or when the program writes
    /// on without reading what it is sent.
    package func next(until deadline: Int64) throws(ConnectionFault) -> [UInt8] {
        while true {
            try checkUnsent()
            if let line = try line() {
                if line.isEmpty { continue }
                return line
            }
            if isAtEnd { throw .ended }
            let left = deadline - MonotonicClock.nanoseconds()
            guard left > 0 else { throw .timedOut }
            let hasEnded = wait(milliseconds: Int32(clamping: min(left / 1_000_000 + 1, 60_000)))
            write()
            // Once the program has ended, what it wrote before is still read, up to its end.
            if !read(), hasEnded { isAtEnd = true }
        }
    }

    /// `malformed` when the program does not read what it is sent, so that more and more of it waits.
    package func checkUnsent() throws(ConnectionFault) {
        guard unsent.count - sent <= Self.unsentLimit else { throw .malformed("it does not read what it is sent") }
    }

    /// A line of what has come; nil as long as its end has not.
    private func line() throws(ConnectionFault) -> [UInt8]? {
        guard let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = received.count
            guard searched - lineStart <= lineLimit else {
                throw .malformed("a message of more than \(lineLimit) bytes")
            }
            return nil
        }
        guard end - lineStart <= lineLimit else { throw .malformed("a message of more than \(lineLimit) bytes") }
        let line = Array(received[lineStart..<end])
        (lineStart, searched) = (end + 1, end + 1)
        // What was taken goes when it is most of what is there, so that no byte moves often.
        if lineStart > 65_536, lineStart > received.count / 2 {
            received.removeFirst(lineStart)
            (lineStart, searched) = (0, 0)
        }
        return line
    }

    /// Waits for whatever comes first; whether the program has ended.
    private func wait(milliseconds: Int32) -> Bool {
        let isWriting = sent < unsent.count
        if let program {
            return program.isEnded(watching: [reader], writing: isWriting ? writer : nil, milliseconds: milliseconds)
        }
        var polls = [pollfd(fd: reader, events: Int16(POLLIN), revents: 0)]
        if isWriting { polls.append(pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)) }
        _ = poll(&polls, nfds_t(polls.count), milliseconds)
        return false
    }

    /// Reads what is there; whether that was anything.
    private func read() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(reader, &buffer, buffer.count)
        if count > 0 {
            received += buffer.prefix(count)
            bytesIn += UInt64(count)
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            isAtEnd = true
        }
        return count > 0
    }

    /// The bytes of lines that are kept until they are sent, some of which are.
    var keptBytes: Int { unsent.count }

    /// Sends what can be sent without waiting.
    func write() {
        while sent < unsent.count {
            // A socket whose other end is gone must not end this process.
            let count = unsent.withUnsafeBytes {
                Glibc.send(writer, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                // As with what is received; else who reads slowly, but reads, would have all of it kept.
                if sent > 65_536, sent > unsent.count / 2 {
                    unsent.removeFirst(sent)
                    sent = 0
                }
                return
            }
            guard count > 0 else { break }
            sent += count
            bytesOut += UInt64(count)
        }
        unsent.removeAll(keepingCapacity: unsent.capacity <= 1 << 20)
        sent = 0
    }
}
