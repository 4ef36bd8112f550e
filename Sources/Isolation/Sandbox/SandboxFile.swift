import CLinux
import Glibc
import Objects

/// Bytes in a file that is only in memory, to be read from its start, once. Nobody can change them: a program that wrote there would have
/// memory that no watch sees.
final class SandboxFile: Sendable {
    private let descriptor: Int32

    /// Its descriptor, at the start of the bytes again.
    var number: Int32 {
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    init(_ bytes: [UInt8]) throws(AmxError) {
        descriptor = amx_memory_file("sandbox")
        guard descriptor >= 0 else { throw AmxError.system("cannot make a file in memory") }
        var done = 0
        while done < bytes.count {
            let count = bytes.span.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AmxError.system("cannot fill a file in memory") }
            done += count
        }
        guard amx_memory_file_seal(descriptor) == 0 else { throw AmxError.system("cannot seal a file in memory") }
    }

    deinit { close(descriptor) }
}
