import Glibc
import Objects

/// The directory form of a capsule or of the workspace itself: reading it and changing it.
struct DirectoryForm {
    /// The directory.
    let root: String
    /// The stat cache's file.
    let cachePath: String
    /// A folder on the same file system for files that are not complete yet.
    let temporaryDirectory: String
    /// Paths below it that are not content whatever lies there.
    var foreign: Set<[UInt8]> = []
    /// The paths that the last commit holds, which are content even if a rule ignores them.
    let tracked: () throws(AmxError) -> Set<[UInt8]>

    /// How often a content is read anew because files vanish while it is read.
    private static let attempts = 3

    /// The content, hashed; unchanged files come from the stat cache.
    ///
    /// Sizes and modes are those of the bytes that were hashed, also when files change meanwhile.
    func content() throws(AmxError) -> WorkingContent {
        var attempt = 1
        while true {
            do throws(AmxError) {
                return try readContent()
            } catch {
                // A file is gone since the folder was listed: so it is not part of the content.
                guard error.code == .notFound, attempt < Self.attempts, Directory.isDirectory(root) else { throw error }
                attempt += 1
            }
        }
    }

    private func readContent() throws(AmxError) -> WorkingContent {
        var scanner = try DirectoryScanner(root, foreign: foreign)
        if !scanner.ignored.isEmpty { try scanner.include(tracked()) }
        var cache = StatCache(cachePath)
        var files: [WorkingFile] = []
        files.reserveCapacity(scanner.files.count)
        var total = 0
        for found in scanner.files {
            let path = try TreePath(bytes: found.path)
            var stamp = found.stamp
            let hashes: StatCache.Hashes
            if let known = cache.hashes(of: found.path, stamp: stamp) {
                hashes = known
            } else {
                let file = try read(path)
                stamp = file.stamp
                hashes = try StatCache.Hashes(of: file.bytes)
                cache.record(found.path, stamp: stamp, hashes: hashes)
                stamp.size = Int64(file.bytes.count)
            }
            let (sum, overflow) = total.addingReportingOverflow(Int(stamp.size))
            guard !overflow, sum <= Limits.standard.expandedBytes else {
                throw Limits.standard.passed(.expandedBytes, "\(root) holds more bytes than a capsule may have")
            }
            total = sum
            files.append(
                WorkingFile(
                    path: path, mode: FileMode(permissions: stamp.mode), size: Int(stamp.size), id: hashes.id,
                    sha256: hashes.sha256))
        }
        try TreeRules.check(sorted: files.map(\.path))
        cache.save()
        return WorkingContent(files: files, ignored: scanner.ignored)
    }

    /// Whether the directory holds the content of a digest and no ignored files; one that cannot be read doesn't.
    func holdsOnly(_ digest: String) -> Bool {
        guard let content = try? content(), content.ignored.isEmpty else { return false }
        return (try? content.digest().text) == digest
    }

    /// A file's bytes, and its stamp from before they were read; a symbolic link at the path's end is not followed.
    func read(_ path: TreePath) throws(AmxError) -> (bytes: [UInt8], stamp: StatCache.Stamp) {
        let place = "\(root)/\(path.string)"
        let file = try OpenFile(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AmxError.notRegular(place)
        }
        return (try file.readToEnd(.objectBytes), StatCache.Stamp(status))
    }

    /// What stands at a path now, as an entry; nil when nothing or something else than a file does.
    func state(of path: TreePath) throws(AmxError) -> FileEntry? {
        var status = stat()
        guard lstat("\(root)/\(path.string)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let file = try read(path)
        return FileEntry(
            path: path, mode: FileMode(permissions: file.stamp.mode), id: try StatCache.Hashes(of: file.bytes).id)
    }
}
