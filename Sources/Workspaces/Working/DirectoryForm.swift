import Glibc
import Objects

/// A capsule's directory form: reading it and changing it.
struct DirectoryForm {
    /// The directory.
    let root: String
    /// The stat cache's file.
    let cachePath: String
    /// A folder on the same file system for files that are not complete yet.
    let temporaryDirectory: String

    /// The content, hashed; unchanged files come from the stat cache.
    func content() throws(AmxError) -> WorkingContent {
        let scanner = try DirectoryScanner(root)
        var cache = StatCache(cachePath)
        var files: [WorkingFile] = []
        files.reserveCapacity(scanner.files.count)
        var total = 0
        for found in scanner.files {
            let path = try TreePath(bytes: found.path)
            let hashes: StatCache.Hashes
            if let known = cache.hashes(of: found.path, stamp: found.stamp) {
                hashes = known
            } else {
                hashes = try withContent(of: path) { bytes throws(AmxError) in
                    StatCache.Hashes(
                        id: try Repository.objectID(of: bytes, kind: .blob), sha256: SHA256Hasher.hash(of: bytes))
                }
                cache.record(found.path, stamp: found.stamp, hashes: hashes)
            }
            let (sum, overflow) = total.addingReportingOverflow(Int(found.stamp.size))
            guard !overflow, sum <= Limits.standard.expandedBytes else {
                throw AmxError(.failure, "\(root) is larger than \(Limits.standard.expandedBytes >> 20) MiB")
            }
            total = sum
            files.append(
                WorkingFile(
                    path: path, mode: FileMode(permissions: found.stamp.mode), size: Int(found.stamp.size),
                    id: hashes.id,
                    sha256: hashes.sha256))
        }
        try TreeRules.check(sorted: files.map(\.path))
        cache.save(keeping: Set(scanner.files.map(\.path)))
        return WorkingContent(files: files, ignored: scanner.ignored)
    }

    /// Lets `body` see a file's bytes; the path is not followed through symbolic links at its end.
    func withContent<Result>(
        of path: TreePath, _ body: (UnsafeRawBufferPointer) throws(AmxError) -> Result
    ) throws(AmxError) -> Result {
        let file = try OpenFile("\(root)/\(path.string)", O_RDONLY | O_NOFOLLOW)
        let bytes = try file.readToEnd(limit: Limits.standard.objectBytes)
        return try bytes.span.withUnsafeBytes(body)
    }

    /// Turns the files of one tree into those of another, in place.
    ///
    /// Files that both have stay untouched; each file is replaced whole; nothing else in the directory is looked at. Safe to
    /// repeat after it was cut off. A file that is neither as in `old` nor as in `new` is left alone when `lenient`.
    func change(
        from old: [FileEntry], to new: [FileEntry], in repository: Repository, lenient: Bool
    ) throws(AmxError) {
        try Directory.create(temporaryDirectory)
        var before: [TreePath: FileEntry] = [:]
        for entry in old { before[entry.path] = entry }
        var wanted: Set<TreePath> = []
        for entry in new { wanted.insert(entry.path) }
        for entry in old where !wanted.contains(entry.path) {
            let path = "\(root)/\(entry.path.string)"
            guard Directory.exists(path) else { continue }
            if lenient, try state(of: entry.path) != entry { continue }
            guard unlink(path) == 0 || errno == ENOENT else { throw AmxError.system("cannot remove \(path)") }
            removeEmptyFolders(above: entry.path)
        }
        for entry in new where before[entry.path] != entry {
            let path = "\(root)/\(entry.path.string)"
            if lenient, Directory.exists(path) {
                let found = try state(of: entry.path)
                if found == entry { continue }
                if found != before[entry.path] { continue }
            }
            try Directory.create(Directory.parent(of: path))
            try repository.withObject(entry.id) { kind, bytes throws(AmxError) in
                guard kind == .blob else { throw AmxError(.verification, "object \(entry.id) is not a file's content") }
                try write(bytes, mode: entry.mode, to: path)
            }
        }
        let directory = try OpenFile(root, O_RDONLY | O_DIRECTORY)
        try directory.syncFileSystem()
    }

    /// What stands at a path now, as an entry; nil when nothing or something else than a file does.
    private func state(of path: TreePath) throws(AmxError) -> FileEntry? {
        var status = stat()
        guard lstat("\(root)/\(path.string)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let id = try withContent(of: path) { bytes throws(AmxError) in
            try Repository.objectID(of: bytes, kind: .blob)
        }
        return FileEntry(path: path, mode: FileMode(permissions: status.st_mode), id: id)
    }

    private func write(_ bytes: UnsafeRawBufferPointer, mode: FileMode, to path: String) throws(AmxError) {
        let temporary = "\(temporaryDirectory)/\(Directory.temporaryName("file"))"
        do throws(AmxError) {
            let file = try OpenFile(
                temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode == .executable ? 0o755 : 0o644)
            try file.write(bytes)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let error = AmxError.system("cannot write \(path)")
            unlink(temporary)
            throw error
        }
    }

    private func removeEmptyFolders(above path: TreePath) {
        var folder = path.parent
        while let current = folder {
            // Fails, as it should, for a folder that still holds something.
            guard rmdir("\(root)/\(current.string)") == 0 else { return }
            folder = current.parent
        }
    }
}
