import Glibc

/// One of git's `.lock` files, held until its owner goes.
///
/// It is a hard link to the store's own lock file, so it comes into being together with that file's mark, and one left
/// behind by a killed Amx process is known from one that git holds: with the store's own lock taken, it can only be
/// stale.
final class RefLock {
    /// The content of the store's own lock file.
    static let mark = Array("amx lock\n".utf8)
    private let path: String

    /// Creates `path`, waiting while another tool holds it; `.conflict` after `timeout` seconds.
    ///
    /// The caller holds the store's own lock, whose file is `own`.
    init(_ path: String, own: String, timeout: Double) throws(AmxError) {
        var waited = 0.0
        var folders = 0
        while true {
            let number = Self.create(path, own: own)
            switch number {
            case 0:
                self.path = path
                return
            case ENOENT where folders < 100:
                // Another tool may remove the folder at once, as it is empty: not for ever.
                try Directory.create(Directory.parent(of: path))
                folders += 1
                continue
            case EEXIST: break
            default: throw AmxError.system("cannot lock \(path)", errno: number)
            }
            if Self.isStale(path, own: own) {
                unlink(path)
                continue
            }
            guard waited < timeout else {
                throw AmxError(
                    .conflict, "cannot change references: \(path) exists",
                    hint: "another git process may be at work; if none is, remove the file")
            }
            usleep(5_000)
            waited += 0.005
        }
    }

    deinit { unlink(path) }

    /// Returns 0 or an error number.
    private static func create(_ path: String, own: String) -> Int32 {
        if link(own, path) == 0 { return 0 }
        switch errno {
        case EPERM, EOPNOTSUPP, ENOSYS, EXDEV, EMLINK:
            // A file system without hard links: a process killed between these two calls leaves a lock without a mark.
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { return errno }
            _ = mark.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            close(descriptor)
            return 0
        default: return errno
        }
    }

    /// Removes the locks that killed Amx processes have left in a repository, of references that this change does not touch.
    ///
    /// The caller holds the store's own lock, whose file is `own`. While none is left, this is one system call: each lock
    /// counts as a link to that file. Without hard links such a lock goes when its reference is next changed.
    static func removeAbandoned(in repository: String, own: String) throws(AmxError) {
        var mine = stat()
        guard lstat(own, &mine) == 0, mine.st_nlink > 1 else { return }
        removeLinks(to: mine, "\(repository)/packed-refs.lock")
        try removeLinks(to: mine, below: "\(repository)/refs")
    }

    private static func removeLinks(to file: stat, below folder: String) throws(AmxError) {
        let names: [[UInt8]]
        do throws(AmxError) {
            names = try Directory.names(in: folder)
        } catch {
            // Folders that have been emptied are removed by others at any time.
            if error.code == .notFound { return }
            throw error
        }
        for name in names {
            guard let name = String(validating: name, as: UTF8.self) else { continue }
            let path = "\(folder)/\(name)"
            if Directory.isFolder(path) {
                try removeLinks(to: file, below: path)
            } else if name.hasSuffix(".lock") {
                removeLinks(to: file, path)
            }
        }
    }

    private static func removeLinks(to file: stat, _ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_ino == file.st_ino, status.st_dev == file.st_dev else { return }
        unlink(path)
    }

    private static func isStale(_ path: String, own: String) -> Bool {
        var (lock, mine) = (stat(), stat())
        guard lstat(path, &lock) == 0, lock.st_mode & S_IFMT == S_IFREG else { return false }
        if lstat(own, &mine) == 0, lock.st_ino == mine.st_ino, lock.st_dev == mine.st_dev { return true }
        return lock.st_size == mark.count && (try? FileContent.readStart(path, count: mark.count)) == mark
    }
}
