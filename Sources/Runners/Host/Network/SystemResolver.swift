import CLinux
import Glibc
package import Guard
import Objects
import Synchronization

/// The system's own way to resolve names, on a thread of its own: it waits for as long as it likes, and cannot be told
/// to stop.
package struct SystemResolver: AddressResolver {
    package init() {}

    package func addresses(of name: String, until deadline: Int64) -> [IPAddress]? {
        guard let lookup = Lookup(name) else { return nil }
        while !Interruption.hasHappened {
            let left = deadline - MonotonicClock.nanoseconds()
            guard left > 0 else { return nil }
            if let found = lookup.answer(milliseconds: Int32(min(left / 1_000_000 + 1, 100))) { return found }
        }
        return nil
    }

    /// One question, which lives until both who asks and the thread are done with it.
    private final class Lookup: Sendable {
        private let name: String
        private let found = Mutex<[IPAddress]?>(nil)
        /// What the thread writes to when it is done, and what is waited for.
        private let (writer, reader): (Int32, Int32)

        init?(_ name: String) {
            var sockets: [Int32] = [-1, -1]
            guard amx_stream_sockets(&sockets) == 0 else { return nil }
            (writer, reader) = (sockets[0], sockets[1])
            self.name = name
            let context = Unmanaged.passRetained(self)
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, Self.work, context.toOpaque())
            guard code == 0 else {
                context.release()
                return nil
            }
            pthread_detach(thread)
        }

        deinit {
            close(writer)
            close(reader)
        }

        private static let work: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            guard let context else { return nil }
            let lookup = Unmanaged<Lookup>.fromOpaque(context).takeRetainedValue()
            let found = Lookup.resolve(lookup.name)
            lookup.found.withLock { $0 = found }
            _ = send(lookup.writer, "!", 1, Int32(MSG_NOSIGNAL))
            return nil
        }

        /// What was found; nil where nothing was yet.
        func answer(milliseconds: Int32) -> [IPAddress]? {
            var state = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            _ = poll(&state, 1, milliseconds)
            return found.withLock { $0 }
        }

        private static func resolve(_ name: String) -> [IPAddress] {
            var wanted = addrinfo()
            wanted.ai_family = AF_UNSPEC
            wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
            wanted.ai_flags = AI_ADDRCONFIG
            var list: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(name, nil, &wanted, &list) == 0 else { return [] }
            defer { freeaddrinfo(list) }
            var found: [IPAddress] = []
            var next = list
            while let entry = next?.pointee {
                if let address = address(entry), !found.contains(address) { found.append(address) }
                next = entry.ai_next
            }
            return found
        }

        private static func address(_ entry: addrinfo) -> IPAddress? {
            guard let start = UnsafeRawPointer(entry.ai_addr) else { return nil }
            switch entry.ai_family {
            case AF_INET:
                return .v4(UInt32(bigEndian: start.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
            case AF_INET6:
                let address = start.loadUnaligned(as: sockaddr_in6.self).sin6_addr
                return withUnsafeBytes(of: address) { bytes in
                    .v6(
                        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
                }
            default: return nil
            }
        }
    }
}
