import Glibc

/// Whole files in memory.
package enum FileContent {
    /// A file's bytes; nil when there is no such file. Throws when it is larger than `limit` bytes.
    ///
    /// Never waits for a writer of a pipe: what is neither file nor folder is refused.
    package static func read(_ path: String, limit: Int = .max) throws(AmxError) -> [UInt8]? {
        do throws(AmxError) {
            let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
            switch try file.status().st_mode & S_IFMT {
            case S_IFREG: return try file.readToEnd(limit: limit)
            case S_IFDIR: return nil
            default: throw AmxError(.failure, "cannot read \(path): it is not a regular file")
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
