import CLinux
import Glibc

/// A descriptor that goes with its owner and is none of the standard three, whichever of these are closed.
final class Descriptor {
    let number: Int32

    /// Takes a descriptor over; `.failure` when there is no free number.
    private init(adopting number: Int32, for program: String) throws(AmxError) {
        guard number <= 2 else {
            self.number = number
            _ = fcntl(number, F_SETFD, FD_CLOEXEC)
            return
        }
        let other = fcntl(number, F_DUPFD_CLOEXEC, 3)
        let error = AmxError.system("cannot run \(program)")
        close(number)
        guard other >= 0 else { throw error }
        self.number = other
    }

    /// Makes a file in memory that can be read from its start.
    convenience init(containing bytes: [UInt8], for program: String) throws(AmxError) {
        let number = amx_memory_file("input")
        guard number >= 0 else { throw AmxError.system("cannot run \(program)") }
        try self.init(adopting: number, for: program)
        var done = 0
        while done < bytes.count {
            let count = bytes.span.withUnsafeBytes {
                Glibc.write(self.number, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AmxError.system("cannot run \(program)") }
            done += count
        }
        guard lseek(self.number, 0, SEEK_SET) == 0 else { throw AmxError.system("cannot run \(program)") }
    }

    /// Makes a pipe, whose reading end never waits.
    static func pipe(for program: String) throws(AmxError) -> (reader: Descriptor, writer: Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw AmxError.system("cannot run \(program)") }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        let reader: Descriptor
        do throws(AmxError) { reader = try Descriptor(adopting: ends[0], for: program) } catch {
            close(ends[1])
            throw error
        }
        return (reader, try Descriptor(adopting: ends[1], for: program))
    }

    deinit { close(number) }
}
