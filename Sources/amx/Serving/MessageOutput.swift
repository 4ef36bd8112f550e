import Glibc
import Objects
import Synchronization

/// One of the streams that a client has at its other end, written to by any thread, each message whole.
final class MessageOutput: Sendable {
    private let stream: StandardStream
    /// Whether nothing goes out any more: what was begun could not be ended.
    private let isBroken = Mutex(false)

    /// What poll(2) promises that a pipe takes at once.
    private static let part = 4_096
    /// The longest line for people. Two of them fit into what a pipe is given at once, so there is room for the last words of a
    /// process also where nobody reads.
    private static let lineBytes = 2_000

    init(_ stream: StandardStream) { self.stream = stream }

    /// Writes a message, waiting as long as nobody reads; after a signal, that is for nothing, and what is left is lost, as where nobody
    /// can read any more.
    func write(_ message: [UInt8]) {
        isBroken.withLock { isBroken in
            var rest = message[...]
            while !isBroken, !rest.isEmpty {
                switch room(milliseconds: 200) {
                case .ready:
                    if let count = part(of: rest) { rest = rest.dropFirst(count) } else { isBroken = true }
                case .full: isBroken = Interruption.hasHappened
                case .gone: isBroken = true
                }
            }
        }
    }

    /// Writes a line for people, unless nobody has read those before it.
    func tell(_ line: String) {
        let bytes = StrangerText.continued(Style.visible(line)).utf8.prefix(Self.lineBytes) + [UInt8(ascii: "\n")]
        isBroken.withLock { isBroken in
            if !isBroken, case .ready = room(milliseconds: 0) { _ = part(of: bytes) }
        }
    }

    private enum Room {
        case ready
        case full
        case gone
    }

    private func room(milliseconds: Int32) -> Room {
        var descriptor = pollfd(fd: stream.rawValue, events: Int16(POLLOUT), revents: 0)
        let count = poll(&descriptor, 1, milliseconds)
        if count < 0 { return errno == EINTR || errno == EAGAIN ? .full : .gone }
        if count == 0 { return .full }
        return descriptor.revents & Int16(POLLERR | POLLNVAL) == 0 ? .ready : .gone
    }

    /// Writes a part, and says how long that is; nil where it fails.
    private func part(of bytes: some Collection<UInt8>) -> Int? {
        let count = Array(bytes.prefix(Self.part)).withUnsafeBytes {
            Glibc.write(stream.rawValue, $0.baseAddress, $0.count)
        }
        if count < 0 { return errno == EINTR || errno == EAGAIN ? 0 : nil }
        return count
    }
}
