import Glibc

extension FileContent {
    /// Up to so many bytes are read: where threads run, taking a mapping back costs more than the copy.
    private static let mappedBytes = 1 << 16

    /// Lets `body` see a file's bytes, of a large one where the system keeps them, which are valid only inside it; nil when there is no such file, it is
    /// no regular one, or it has more than `limit` bytes. Never follows a symbolic link.
    ///
    /// Only for files that are replaced by rename: the process that shortens one while it is looked at ends this one (SIGBUS).
    package static func withMapped<Result>(
        _ path: String, limit: Int, _ body: (UnsafeRawBufferPointer) throws(AmxError) -> Result
    ) throws(AmxError) -> Result? {
        guard let file = try OpenFile.existing(path) else { return nil }
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG, let count = Int(exactly: status.st_size), count <= limit else {
            return nil
        }
        guard count > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if count <= mappedBytes {
            let bytes = try file.readPrefix(count)
            return try bytes.span.withUnsafeBytes { (bytes) throws(AmxError) in try body(bytes) }
        }
        let mapped = try MappedFile(file, count: count, path)
        defer { withExtendedLifetime(mapped) {} }
        return try body(mapped.bytes)
    }
}
