import Glibc

/// A small file by which the kernel is spoken to, kept open: each text is read and written by one call.
final class ControlFile: Sendable {
    /// Its path.
    let path: String
    private let descriptor: Int32

    /// Opens one to be read, and to be written where that is allowed; nil where there is none.
    init?(_ path: String) {
        self.path = path
        let both = open(path, O_RDWR | O_CLOEXEC)
        let reader = both < 0 ? open(path, O_RDONLY | O_CLOEXEC) : both
        descriptor = reader < 0 ? open(path, O_WRONLY | O_CLOEXEC) : reader
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// The first four KiB, which is more than any of these has; nil where it cannot be read.
    func read() -> String? {
        withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
            let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
        }
    }

    /// Whether the kernel has taken the text; errno says why not.
    func write(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { pwrite(descriptor, $0.baseAddress, $0.count, 0) == $0.count }
    }
}
