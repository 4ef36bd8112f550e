import Glibc
import Objects

/// A file of lines that commands change a few of.
struct LineFile {
    /// Its path; a symbolic link there stays, and what it leads to is changed.
    let path: String

    /// Lets `body` change the lines, under a lock; the file is replaced whole and durably, and made with the folders above it
    /// where it is missing.
    func change(_ body: (inout [[UInt8]]) throws(AmxError) -> Void) throws(AmxError) {
        let target = realpath(path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let file = target ?? path
        try Directory.create(Directory.parent(of: file))
        let lock = try FileLock("\(file).lock", busy: "cannot change \(path)")
        let before = try FileContent.read(file, limit: AllowedSigners.sizeLimit) ?? []
        var lines = before.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        try body(&lines)
        let after = lines.reduce(into: [UInt8]()) { $0 += $1 + [0x0A] }
        if after != before { try AtomicFile.write(after, to: file) }
        _ = consume lock
    }
}
