import Glibc

/// A file's bytes where the system keeps them, for as long as this lives.
///
/// Only for files that are replaced by rename and never written again, such as packs: the process that shortens one while it is
/// looked at ends this one (SIGBUS). Not for use by several threads at once.
final class MappedFile {
    /// The file's bytes; valid while this lives.
    let bytes: UnsafeRawBufferPointer

    /// Maps a regular file, never through a symbolic link; nil when there is none.
    convenience init?(_ path: String) throws(AmxError) {
        guard let file = try OpenFile.existing(path) else { return nil }
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG, let count = Int(exactly: status.st_size) else { return nil }
        try self.init(file, count: count, path)
    }

    /// Maps so many bytes of an open file, which has as many.
    init(_ file: borrowing OpenFile, count: Int, _ path: String) throws(AmxError) {
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, file.descriptor, 0), start != MAP_FAILED else {
            throw AmxError.system("cannot map \(path)")
        }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}
