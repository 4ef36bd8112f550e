import CLinux
import Glibc
import Objects
import Testing

@testable import Runners

@Suite("Runners: lines to a program and from it") struct LineConnectionTests {
    /// One end of a pair of sockets, and the connection over the other one.
    private struct Pair: ~Copyable {
        let connection: LineConnection
        let other: Int32
        private let own: Int32

        init() throws {
            var sockets: [Int32] = [-1, -1]
            try #require(amx_stream_sockets(&sockets) == 0)
            (own, other) = (sockets[0], sockets[1])
            connection = LineConnection(reading: own, writing: own)
        }

        deinit {
            close(own)
            close(other)
        }

        /// Takes some bytes off the other end, which are there.
        func take(_ count: Int) {
            var (left, buffer) = (count, [UInt8](repeating: 0, count: 1 << 16))
            while left > 0 {
                let taken = read(other, &buffer, min(left, buffer.count))
                guard taken > 0 else { break }
                left -= taken
                connection.write()
            }
        }
    }

    /// Who never reads all that there is, but always some of it, makes nobody keep what it has read.
    @Test func whatWasTakenIsNotKept() throws {
        let pair = try Pair()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<3 { pair.connection.send(line) }
        for _ in 0..<200 {
            pair.connection.send(line)
            pair.take(line.count + 1)
            #expect(pair.connection.keptBytes <= 8 * line.count)
        }
        #expect(pair.connection.keptBytes >= line.count)
    }
}
