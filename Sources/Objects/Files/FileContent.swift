import Glibc

/// Whole files in memory.
package enum FileContent {
    /// A file's bytes; nil when there is no such file. Throws when it is larger than `limit` bytes.
    package static func read(_ path: String, limit: Int = .max) throws(AmxError) -> [UInt8]? {
        do throws(AmxError) {
            let file = try OpenFile(path, O_RDONLY)
            guard try file.status().st_mode & S_IFMT != S_IFDIR else { return nil }
            return try file.readToEnd(limit: limit)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }
}
