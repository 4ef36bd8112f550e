import Glibc

/// A repository's `packed-refs` as a file, which is replaced as a whole and never edited in place.
struct PackedRefsFile {
    /// The most bytes that are read: over three million references.
    static let limit = 1 << 28

    private let directory: String
    var path: String { "\(directory)/packed-refs" }

    init(directory: String) { self.directory = directory }

    /// Opens the file; nil when there is none. While it is open, no other file can get its inode.
    func open() throws(AmxError) -> Version? {
        guard let file = try OpenFile.existing(path) else { return nil }
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AmxError(
                .verification, "cannot read the references: \(path) is not a file", hint: AmxError.damagedStore)
        }
        return Version(file: file, inode: status.st_ino)
    }

    /// Whether the name still stands for an opened version, or for no file when there was none.
    func isCurrent(_ version: Version?) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return version == nil }
        return status.st_ino == version?.inode
    }

    /// One state of the file, held open.
    final class Version {
        private let file: OpenFile
        let inode: ino_t

        fileprivate init(file: consuming OpenFile, inode: ino_t) {
            self.file = file
            self.inode = inode
        }

        /// The whole content.
        func read() throws(AmxError) -> [UInt8] { try file.readToEnd(limit: PackedRefsFile.limit) }
    }

    /// Writes and renames, durably; the modification time always moves, which is what libgit2's caches look at.
    ///
    /// `packed-refs.lock` is held.
    func replace(with bytes: [UInt8]) throws(AmxError) {
        // Not git's `packed-refs.new`: one that a killed process left behind would stop git.
        let new = "\(path).amx"
        unlink(new)
        do throws(AmxError) {
            let file = try OpenFile(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
            try file.write(bytes)
            var old = stat()
            if lstat(path, &old) == 0 { try advanceTime(of: file, past: old.st_mtim) }
            try file.sync()
        } catch {
            unlink(new)
            throw error
        }
        guard rename(new, path) == 0 else {
            let error = AmxError.system("cannot replace \(path)")
            unlink(new)
            throw error
        }
        try Directory.sync(directory)
    }

    private func advanceTime(of file: borrowing OpenFile, past old: timespec) throws(AmxError) {
        // Some file systems keep only whole seconds, hence the second try.
        for step in [timespec(tv_sec: 0, tv_nsec: 1), timespec(tv_sec: 1, tv_nsec: 0)] {
            let now = try file.status().st_mtim
            if (now.tv_sec, now.tv_nsec) > (old.tv_sec, old.tv_nsec) { return }
            var next = timespec(tv_sec: old.tv_sec &+ step.tv_sec, tv_nsec: old.tv_nsec &+ step.tv_nsec)
            if next.tv_nsec >= 1_000_000_000 { next = timespec(tv_sec: next.tv_sec &+ 1, tv_nsec: 0) }
            guard futimens(file.descriptor, [next, next]) == 0 else {
                throw AmxError.system("cannot set the time of \(path)")
            }
        }
    }
}
