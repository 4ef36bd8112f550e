import Glibc

/// Whole files in memory.
package enum FileContent {
    /// A file's bytes; nil when there is no such file. Throws when it is larger than `limit` bytes.
    ///
    /// Never waits for a writer of a pipe: what is neither file nor folder is refused.
    package static func read(_ path: String, limit: Int = .max) throws(AmxError) -> [UInt8]? {
        try read(path) { file throws(AmxError) in try file.readToEnd(limit: limit) }
    }

    /// The same of a file that a limit of `limits` holds for.
    package static func read(
        _ path: String, _ name: Limits.Name, of limits: Limits = .standard
    ) throws(AmxError) -> [UInt8]? {
        try read(path) { file throws(AmxError) in try file.readToEnd(name, of: limits) }
    }

    /// Makes a file that is not there yet, as durable as ``OpenFile/syncOrDefer()`` makes it. Mode bits are 0644, whatever the
    /// umask.
    package static func create(_ path: String, _ bytes: [UInt8]) throws(AmxError) {
        let file = try OpenFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        guard fchmod(file.descriptor, 0o644) == 0 else { throw AmxError.system("cannot set the mode of \(path)") }
        try file.write(bytes)
        try file.syncOrDefer()
    }

    private static func read(
        _ path: String, _ body: (borrowing OpenFile) throws(AmxError) -> [UInt8]
    ) throws(AmxError) -> [UInt8]? {
        do throws(AmxError) {
            let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
            switch try file.status().st_mode & S_IFMT {
            case S_IFREG: return try body(file)
            case S_IFDIR: return nil
            default: throw AmxError.notRegular(path)
            }
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    /// A regular file's first bytes, at most `count`; nil when there is none or it is something else.
    ///
    /// Never follows a symbolic link and never waits for a writer of a pipe.
    package static func readStart(_ path: String, count: Int) throws(AmxError) -> [UInt8]? {
        do throws(AmxError) {
            let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            guard try file.status().st_mode & S_IFMT == S_IFREG else { return nil }
            return try file.readPrefix(count)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }
}
